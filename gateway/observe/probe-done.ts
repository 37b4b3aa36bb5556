import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** What became of a probe; `unclear` says nothing of the provider. */
export type ProbeResult = "ok" | "failed" | "unclear";

export interface DoneProbe {
  readonly provider: string;
  /** Null for a connection that was only tried. */
  readonly model: string | null;
  readonly result: ProbeResult;
  /** What the provider bills for it. */
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** An active probe is over: its counters and its log line (RTE-14). */
export class ProbeDone {
  readonly #log: GatewayLog;
  readonly #probes: MetricFamily<Counter, "provider" | "result">;
  readonly #cost: MetricFamily<Counter, "provider">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#probes = metrics.counter({
      name: "sekisho_probes_total",
      help: "Active probes of providers, by what they found",
      labels: { provider: 50, result: 3 },
    });
    this.#cost = metrics.counter({
      name: "sekisho_probe_cost_nano_usd_total",
      help: "What active probes cost, in nano-USD: the operator pays it",
      labels: { provider: 50 },
    });
  }

  record({ provider, model, result, costNanoUsd, latencyMs }: DoneProbe): void {
    this.#probes.with({ provider, result }).add();
    this.#cost.with({ provider }).add(costNanoUsd);
    this.#log.debug("probe", {
      provider,
      model,
      outcome: result,
      costNanoUsd,
      latencyMs: Math.round(latencyMs),
    });
  }
}
