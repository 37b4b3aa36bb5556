import type uPlot from "uplot";
import { loneValues } from "./chart-columns.ts";

/** How a line is drawn. `colour` names a custom property of the style sheet. */
export interface ChartLine {
  readonly label: string;
  readonly colour: string;
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
  /** Drawn only where it is more than zero. */
  readonly hidesZeros?: boolean;
}

export interface ChartLook {
  readonly lines: readonly ChartLine[];
  readonly width: number;
  readonly height: number;
  readonly describe: (value: number) => string;
  /** A time on the axis; `stepS` lies between two of them. */
  readonly timeOfDay: (epochS: number, stepS: number) => string;
  /** The point under the pointer, of every chart that shares the cursor; null when it left. */
  readonly pointed: (index: number | null) => void;
  /** The colour of a custom property, as a canvas takes it. */
  readonly colourOf: (name: string) => string;
}

/** Charts of one page show the same instant. */
const cursorGroup = "overview";

const axisFont = '11px "Inter", system-ui, sans-serif';

/** A value axis begins at zero and leaves a tenth above the highest point. */
const range: uPlot.Range.Function = (_chart, _low, high) => [0, Math.max(high, 0) * 1.1 || 1];

export function chartOptions(look: ChartLook): uPlot.Options {
  const { lines, width, height, describe, timeOfDay, pointed, colourOf } = look;
  const axis: uPlot.Axis = {
    stroke: colourOf("--ink-3"),
    font: axisFont,
    ticks: { show: false },
    grid: { stroke: colourOf("--grid"), width: 1 },
  };
  return {
    width,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: cursorGroup },
      points: { size: 7, width: 0 },
      drag: { x: false, y: false },
      y: false,
    },
    hooks: { setCursor: [({ cursor }) => pointed(cursor.idx ?? null)] },
    scales: { x: { time: true }, y: { range } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        gap: 8,
        space: 64,
        incrs: [10, 15, 30, 60, 120, 180, 300, 600],
        values: (_chart, splits) => {
          const stepS = (splits[1] ?? 0) - (splits[0] ?? 0);
          return splits.map((epochS) => timeOfDay(epochS, stepS));
        },
      },
      { ...axis, size: 52, gap: 6, space: 34, values: (_chart, splits) => splits.map(describe) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colourOf))],
  };
}

function seriesOf(
  { label, colour, isFilled, isDashed }: ChartLine,
  colourOf: ChartLook["colourOf"],
): uPlot.Series {
  const stroke = colourOf(colour);
  return {
    label,
    stroke,
    width: 1.5,
    points: {
      size: 4,
      stroke,
      fill: stroke,
      filter: ({ data }, index) => loneValues([...(data[index] ?? [])]),
    },
    ...(isFilled === true ? { fill: colourOf(`${colour}/15`) } : {}),
    ...(isDashed === true ? { dash: [4, 3] } : {}),
  };
}
