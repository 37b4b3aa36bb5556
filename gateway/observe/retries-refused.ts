import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Target } from "../target.ts";

/** A retry that was not made because its budget was empty (RTE-9). */
export class RetriesRefused {
  readonly #counter: MetricFamily<Counter, "provider" | "region" | "budget">;

  constructor(metrics: Metrics) {
    this.#counter = metrics.counter({
      name: "sekisho_retries_refused_total",
      help: "Retries that were not made because a retry budget was empty",
      labels: { provider: 50, region: 50, budget: 2 },
    });
  }

  record({ provider, region }: Target, budget: "attempts" | "spend"): void {
    this.#counter.with({ provider, region, budget }).add();
  }
}
