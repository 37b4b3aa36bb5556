import { Failure } from "../failure/failure.ts";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import { MetricFamily, type MetricDescription } from "./metric-family.ts";
import { exposeHistogram, exposeValue, type HistogramScale } from "./prometheus-text.ts";

/** The content type of what `Metrics.expose` returns. */
export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Everything that this process counts. Owners register at start and keep the counters they
 * resolved; counting is then an addition. Registering throws Failure `metric_refused` for a name
 * that is taken or malformed.
 */
export class Metrics {
  readonly #exposeOf = new Map<string, () => string>();

  counter<Label extends string = never>(
    description: MetricDescription<Label>,
  ): MetricFamily<Counter, Label> {
    const family = new MetricFamily(description, () => new Counter());
    this.#register(family.name, () => exposeValue(family, "counter"));
    return family;
  }

  gauge<Label extends string = never>(
    description: MetricDescription<Label>,
  ): MetricFamily<Gauge, Label> {
    const family = new MetricFamily(description, () => new Gauge());
    this.#register(family.name, () => exposeValue(family, "gauge"));
    return family;
  }

  /** A gauge that is asked when it is exposed. */
  observedGauge(description: MetricDescription<never>, read: () => number): void {
    const family = new MetricFamily(description, () => new Gauge());
    const gauge = family.with({});
    this.#register(family.name, () => {
      gauge.set(read());
      return exposeValue(family, "gauge");
    });
  }

  /**
   * Gauges that are asked when they are exposed, and are gone when they are not told of any more.
   * Of two with the same labels the later one is shown.
   */
  observedGauges<Label extends string>(
    description: MetricDescription<Label>,
    read: () => Iterable<{ readonly labels: Record<Label, string>; readonly value: number }>,
  ): void {
    const empty = new MetricFamily(description, () => new Gauge());
    this.#register(empty.name, () => {
      const family = new MetricFamily(description, () => new Gauge());
      for (const { labels, value } of read()) family.with(labels).set(value);
      return exposeValue(family, "gauge");
    });
  }

  histogram<Label extends string = never>(
    description: MetricDescription<Label>,
    scale: HistogramScale,
  ): MetricFamily<Histogram, Label> {
    const family = new MetricFamily(description, () => new Histogram());
    this.#register(family.name, () => exposeHistogram(family, scale));
    return family;
  }

  /** All metrics in Prometheus' text format, in the order of registration. */
  expose(): string {
    let text = "";
    for (const expose of this.#exposeOf.values()) text += expose();
    return text;
  }

  #register(name: string, expose: () => string): void {
    if (this.#exposeOf.has(name)) {
      throw new Failure("metric_refused", `Cannot register metric "${name}": the name is taken`);
    }
    this.#exposeOf.set(name, expose);
  }
}
