import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import type { ChartColumns } from "./chart-columns.ts";
import type { ChartLine } from "./chart-options.ts";

export interface ChartTableProps {
  readonly title: string;
  readonly lines: readonly Pick<ChartLine, "label">[];
  readonly columns: ChartColumns;
  readonly describe: (value: number) => string;
}

/** More rows would be read aloud by nobody. */
const rows = 12;

/** Every n-th point of a chart, the last one included, for whoever cannot see it. */
export function ChartTable({ title, lines, columns, describe }: ChartTableProps): ReactElement {
  const { words, figures } = useWording();
  const [times, ...values] = columns;
  const step = Math.max(1, Math.ceil(times.length / rows));
  const shown = times.flatMap((time, at) =>
    (times.length - 1 - at) % step === 0 ? [{ time, at }] : [],
  );
  return (
    <div className="sr-only">
      <table>
        <caption>{words.charts.table(title)}</caption>
        <thead>
          <tr>
            <th scope="col">{words.charts.time}</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ time, at }) => (
            <tr key={time}>
              <th scope="row">{figures.timeOfDay(time * 1_000)}</th>
              {lines.map(({ label }, index) => {
                const value = values[index]?.[at] ?? null;
                return <td key={label}>{value === null ? words.tiles.none : describe(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
