import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Served } from "../answer.ts";
import type { Call } from "../call.ts";
import type { CountSurface } from "../request.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** A count that was answered. */
export interface CountedTokens {
  readonly surface: CountSurface;
  readonly call: Call;
  readonly count:
    | { readonly kind: "exact"; readonly tokens: number; readonly served: Served }
    | { readonly kind: "estimated"; readonly tokens: number; readonly why: Code };
  readonly endedMs: number;
}

/** A prompt's tokens were counted: the counter and the log line. */
export class TokensCounted {
  readonly #log: GatewayLog;
  readonly #counts: MetricFamily<Counter, "surface" | "count" | "code">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#counts = metrics.counter({
      name: "sekisho_token_counts_total",
      help: "Counts of tokens that were answered, by whether a provider counted, else why not",
      labels: { surface: 20, count: 2, code: 60 },
    });
  }

  record({ surface, call, count, endedMs }: CountedTokens): void {
    const code = count.kind === "exact" ? "ok" : count.why;
    const target = count.kind === "exact" ? count.served.target : null;
    this.#counts.with({ surface, count: count.kind, code }).add();
    this.#log.frequent("tokens counted", {
      requestId: `req_${call.id}`,
      tenant: call.principal.tenant,
      key: call.principal.keyId,
      surface,
      alias: call.request.read.facts.model,
      model: target?.upstreamModel,
      provider: target?.provider,
      region: target?.region,
      outcome: count.kind,
      code,
      inputTokens: count.tokens,
      latencyMs: Math.round(endedMs - call.arrivedMs),
    });
  }
}
