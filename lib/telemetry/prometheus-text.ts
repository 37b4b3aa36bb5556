import { bucketEdge } from "./histogram-buckets.ts";
import type { Histogram } from "./histogram.ts";
import type { MetricFamily } from "./metric-family.ts";

/** How recorded integers are shown. */
export interface HistogramScale {
  /** How many recorded units make one shown unit: 1,000,000 for microseconds shown as seconds. */
  readonly perUnit: number;
  /** Upper limits of the buckets, in shown units, ascending. */
  readonly bounds: readonly number[];
}

const head = (name: string, help: string, type: string): string => {
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
};

const number = (value: number): string => {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
};

const sample = (name: string, labels: string, value: number): string =>
  `${labels === "" ? name : `${name}{${labels}}`} ${number(value)}\n`;

/** Head and one line for each label set. */
export const exposeValue = <Label extends string>(
  family: MetricFamily<{ readonly value: number }, Label>,
  type: "counter" | "gauge",
): string => {
  let text = head(family.name, family.help, type);
  for (const { labels, metric } of family.series()) {
    text += sample(family.name, labels, metric.value);
  }
  return text;
};

/**
 * Buckets, sum and count of each label set. A limit moves up to the next edge at which the
 * histogram counts exactly, by 6 % at most, and is shown as what it is.
 */
export const exposeHistogram = <Label extends string>(
  family: MetricFamily<Histogram, Label>,
  { perUnit, bounds }: HistogramScale,
): string => {
  const edges = bounds.map((bound) => bucketEdge(Math.round(bound * perUnit)));
  let text = head(family.name, family.help, "histogram");
  for (const { labels, metric } of family.series()) {
    const prefix = labels === "" ? "" : `${labels},`;
    for (const edge of new Set(edges)) {
      const limit = `${prefix}le="${number(edge / perUnit)}"`;
      text += sample(`${family.name}_bucket`, limit, metric.countUpTo(edge));
    }
    text += sample(`${family.name}_bucket`, `${prefix}le="+Inf"`, metric.count);
    text += sample(`${family.name}_sum`, labels, metric.sum / perUnit);
    text += sample(`${family.name}_count`, labels, metric.count);
  }
  return text;
};
