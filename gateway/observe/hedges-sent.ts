import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";

/** A stream whose first token was late, and what became of its second attempt (RTE-11). */
export class HedgesSent {
  readonly #counter: MetricFamily<Counter, "alias" | "end">;

  constructor(metrics: Metrics) {
    this.#counter = metrics.counter({
      name: "sekisho_hedges_total",
      help: "Streams whose first token was late, by what became of a second attempt",
      labels: { alias: 200, end: 5 },
    });
  }

  record(alias: string, end: string): void {
    this.#counter.with({ alias, end }).add();
  }
}
