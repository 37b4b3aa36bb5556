import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";

/** `refused`: a rate, a budget or a route let none be asked for; `failed`: it was asked for. */
export type SummaryOutcome = "made" | "failed" | "refused";

/** Summaries of conversations that calls have asked for (MON-5); kept ones are not among them. */
export class HistorySummaries {
  readonly #asked: MetricFamily<Counter, "alias" | "outcome">;

  constructor(metrics: Metrics) {
    this.#asked = metrics.counter({
      name: "sekisho_history_summaries_total",
      help: "Summaries that calls had made of the oldest turns of their conversations",
      labels: { alias: 50, outcome: 3 },
    });
  }

  record(alias: string, outcome: SummaryOutcome): void {
    this.#asked.with({ alias, outcome }).add();
  }
}
