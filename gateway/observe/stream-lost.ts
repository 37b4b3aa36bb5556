import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** An answer can no longer be kept for who comes back to it: its counter and its log line. */
export class StreamLost {
  readonly #log: GatewayLog;
  readonly #counter: Counter;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#counter = metrics
      .counter({
        name: "sekisho_streams_lost_total",
        help: "Answers that could no longer be kept for who comes back to them",
      })
      .with({});
  }

  /** `why`: `full`, or what the store threw. */
  record(id: string, why: unknown): void {
    this.#counter.add();
    const requestId = `req_${id}`;
    if (why === "full") {
      this.#log.warn("an answer is too long to be kept", { event: "stream.lost", requestId });
    } else {
      const event = "stream.lost";
      this.#log.error("an answer cannot be kept", { event, requestId, error: why });
    }
  }
}
