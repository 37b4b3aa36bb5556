import { Failure } from "../failure/failure.ts";
import { cut } from "./safe-text.ts";

/** How many values each label may take; further ones are counted under `other`. */
export type LabelLimits<Label extends string> = Readonly<Record<Label, number>>;

export interface MetricDescription<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: LabelLimits<Label>;
}

/** One label set of a metric and what is counted under it. */
export interface Series<Metric> {
  /** `route="chat",status="200"`, escaped; empty without labels. */
  readonly labels: string;
  readonly metric: Metric;
}

/** Label sets of one metric. Beyond it all goes to the set in which each label is `other`. */
const maxSeries = 1_000;

const maxLabelLength = 128;

const other = "other";

const validName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/u;
const validLabel = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/u;

const escapeLabelValue = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/**
 * A metric with its label sets, whose number is bounded twice: by values of each label and in
 * total. Nothing that a client sends can make it grow further.
 */
export class MetricFamily<Metric, Label extends string = never> {
  readonly name: string;
  readonly help: string;
  readonly #make: () => Metric;
  readonly #labels: readonly { readonly name: Label; readonly limit: number }[];
  readonly #seen = new Map<Label, Set<string>>();
  readonly #series = new Map<string, Series<Metric>>();

  /** Throws Failure `metric_refused` when a name is not one that Prometheus takes. */
  constructor({ name, help, labels }: MetricDescription<Label>, make: () => Metric) {
    this.name = name;
    this.help = help;
    this.#make = make;
    // Object.entries forgets the key type, which is Label by the parameter's type.
    const limits = Object.entries(labels ?? {}) as [Label, number][];
    this.#labels = limits.map(([label, limit]) => ({ name: label, limit }));
    const wrong = [
      ...(validName.test(name) ? [] : [name]),
      ...limits.map(([label]) => label).filter((label) => !validLabel.test(label)),
    ];
    if (wrong.length > 0) {
      throw new Failure(
        "metric_refused",
        `Cannot register metric "${name}": bad name "${wrong[0]}"`,
      );
    }
  }

  /** What is counted under these labels: resolve it once and keep it, where speed matters. */
  with(values: Readonly<Record<Label, string>>): Metric {
    let labels = this.#text((label, limit) => this.#bounded(label, limit, values[label]));
    let series = this.#series.get(labels);
    if (series !== undefined) return series.metric;
    if (this.#series.size >= maxSeries) {
      labels = this.#text(() => other);
      series = this.#series.get(labels);
      if (series !== undefined) return series.metric;
    }
    const metric = this.#make();
    this.#series.set(labels, { labels, metric });
    return metric;
  }

  /** In the order in which they were first used. */
  series(): Iterable<Series<Metric>> {
    return this.#series.values();
  }

  #text(valueOf: (label: Label, limit: number) => string): string {
    return this.#labels
      .map(({ name, limit }) => `${name}="${escapeLabelValue(valueOf(name, limit))}"`)
      .join(",");
  }

  #bounded(label: Label, limit: number, value: string): string {
    let seen = this.#seen.get(label);
    if (seen === undefined) {
      seen = new Set();
      this.#seen.set(label, seen);
    }
    const short = cut(value, maxLabelLength);
    if (seen.has(short)) return short;
    if (seen.size >= limit) return other;
    seen.add(short);
    return short;
  }
}
