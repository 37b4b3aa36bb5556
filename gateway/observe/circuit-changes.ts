import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CircuitChange } from "@sekisho/wire/admin/circuits.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** As many are remembered for those who look. */
const rememberedChanges = 200;

/** A circuit changed its state: its counter, its log line and what operators see of it. */
export class CircuitChanges {
  readonly #clock: Clock;
  readonly #log: GatewayLog;
  readonly #counter: MetricFamily<Counter, "level" | "provider" | "region" | "to">;
  readonly #latest: CircuitChange[] = [];

  constructor(clock: Clock, log: GatewayLog, metrics: Metrics) {
    this.#clock = clock;
    this.#log = log;
    this.#counter = metrics.counter({
      name: "sekisho_circuit_changes_total",
      help: "Changes of state of circuits",
      labels: { level: 3, provider: 50, region: 50, to: 3 },
    });
  }

  /** Oldest first, times as epoch milliseconds. */
  get latest(): readonly CircuitChange[] {
    return this.#latest;
  }

  record(change: Omit<CircuitChange, "atMs">): void {
    const { level, id, provider, region, credential, model, from, to, isForced } = change;
    this.#latest.push({ ...change, atMs: this.#clock.wallMs() });
    if (this.#latest.length > rememberedChanges) this.#latest.shift();
    this.#counter.with({ level, provider, region, to }).add();
    const what = isForced ? `a circuit was set to ${to}` : `a circuit went from ${from} to ${to}`;
    const known = { cause: change.cause ?? undefined, retryInMs: change.retryInMs ?? undefined };
    this.#log.warn(what, {
      event: "circuit.changed",
      object: id,
      name: level,
      provider,
      region,
      credential: credential ?? undefined,
      model: model ?? undefined,
      recentFailures: change.recentFailures,
      ...known,
    });
  }
}
