import { useEffect, useRef, useState, type ReactElement } from "react";
import uPlot from "uplot";
import { shownColour } from "../browser/colours.ts";
import { onColoursChanged } from "../browser/preferences.ts";
import { useWording } from "../words/language.ts";
import { chartOptions, type ChartLine } from "./chart-options.ts";
import { ChartTable } from "./chart-table.tsx";
import { withoutZeros, type ChartColumns } from "./chart-columns.ts";

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly columns: ChartColumns;
  readonly describe: (value: number) => string;
  /** The same for the value axis, where it differs. */
  readonly describeTick?: (value: number) => string;
}

const height = 168;

/** Lines over time that grow in place. A hidden table says the same (CON-5). */
export function Chart({ title, lines, columns, ...says }: ChartProps): ReactElement {
  const { figures } = useWording();
  const { describe, describeTick = describe } = says;
  const [pointed, setPointed] = useState<number | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ columns, describeTick, figures });
  latest.current = { columns, describeTick, figures };
  // Whatever else a chart is made of, it is made anew.
  const look = JSON.stringify(lines);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = (): void => {
      chart.current?.destroy();
      const options = chartOptions({
        lines,
        width: element.clientWidth,
        height,
        describe: (value) => latest.current.describeTick(value),
        timeOfDay: (epochS, stepS) =>
          stepS < 60
            ? latest.current.figures.timeOfDay(epochS * 1_000)
            : latest.current.figures.minuteOfDay(epochS * 1_000),
        pointed: setPointed,
        colourOf: (name) => shownColour(name, element),
      });
      chart.current = new uPlot(options, dataOf(latest.current.columns, lines), element);
    };
    draw();
    const observer = new ResizeObserver(() => {
      chart.current?.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    const ignore = onColoursChanged(draw);
    return () => {
      ignore();
      observer.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `look` stands for `lines`
  }, [look]);
  useEffect(() => chart.current?.setData(dataOf(columns, lines)), [columns, lines]);
  return (
    <figure className="min-w-0">
      <ChartLegend {...{ lines, columns, describe, pointed }} />
      <div ref={place} className="h-[168px] overflow-hidden" aria-hidden="true" />
      <ChartTable {...{ title, lines, columns, describe }} />
    </figure>
  );
}

const dataOf = (
  [times, ...values]: ChartColumns,
  lines: readonly ChartLine[],
): uPlot.AlignedData => [
  [...times],
  ...values.map((line, at) => (lines[at]?.hidesZeros === true ? withoutZeros(line) : [...line])),
];

type LegendProps = Omit<ChartProps, "title"> & { readonly pointed: number | null };

/** What each line is, and its value at the pointer or at the end. */
function ChartLegend({ lines, columns, describe, pointed }: LegendProps): ReactElement {
  const { words, figures } = useWording();
  const [times, ...values] = columns;
  const at = pointed ?? times.length - 1;
  const time = times[at];
  return (
    <figcaption
      aria-hidden="true"
      className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 text-xs text-ink-2"
    >
      {lines.map(({ label, colour }, index) => {
        const value = values[index]?.[at] ?? null;
        return (
          <span key={label} className="figure flex items-baseline gap-1.5">
            <span
              className="inline-block h-0.5 w-3 self-center rounded-full"
              style={{ background: `var(${colour})` }}
            />
            {label}
            <span className="font-medium text-ink">
              {value === null ? words.tiles.none : describe(value)}
            </span>
          </span>
        );
      })}
      <span className="figure ml-auto text-ink-3">
        {pointed === null || time === undefined ? "" : figures.timeOfDay(time * 1_000)}
      </span>
    </figcaption>
  );
}
