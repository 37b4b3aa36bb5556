import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";
import type { AnyHead } from "../request.ts";
import type { GatewayLog } from "./gateway-log.ts";
import type { RecentCalls } from "./recent-calls.ts";

export interface RefusedRequest {
  readonly id: string;
  /** Null for a request that no surface serves. */
  readonly surface: AnyHead["surface"] | null;
  readonly code: Code;
  /** Who asked, once the key has proven it. */
  readonly principal: Principal | null;
}

/** A request that was refused before it became a call: its counter and its log line. */
export class RequestRefused {
  readonly #log: GatewayLog;
  readonly #refused: MetricFamily<Counter, "surface" | "code">;

  readonly #recent: RecentCalls;

  constructor(log: GatewayLog, metrics: Metrics, recent: RecentCalls) {
    this.#log = log;
    this.#recent = recent;
    this.#refused = metrics.counter({
      name: "sekisho_refused_requests_total",
      help: "Requests that were refused before they became a call, by the reason",
      labels: { surface: 20, code: 60 },
    });
  }

  record({ id, surface, code, principal }: RefusedRequest): void {
    this.#refused.with({ surface: surface ?? "none", code }).add();
    this.#recent.refused(code);
    this.#log.frequent("request refused", {
      requestId: `req_${id}`,
      surface,
      code,
      tenant: principal?.tenant,
      key: principal?.keyId,
    });
  }
}
