import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Call } from "../call.ts";

/** Calls that were over and had been sent without their oldest turns (MON-5). */
export class HistoryCounts {
  readonly #calls: MetricFamily<Counter, "alias">;
  readonly #messages: MetricFamily<Counter, "alias">;

  constructor(metrics: Metrics) {
    this.#calls = metrics.counter({
      name: "sekisho_shortened_calls_total",
      help: "Calls whose oldest turns were left out because no window had room for them",
      labels: { alias: 50 },
    });
    this.#messages = metrics.counter({
      name: "sekisho_left_out_messages_total",
      help: "Messages that were left out of calls because no window had room for them",
      labels: { alias: 50 },
    });
  }

  record({ shortened, entry }: Pick<Call, "shortened" | "entry">): void {
    if (shortened === undefined) return;
    // The name as configured, not as the client spells it.
    const alias = entry.name;
    this.#calls.with({ alias }).add();
    this.#messages.with({ alias }).add(shortened.messages);
  }
}
