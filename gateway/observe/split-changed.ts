import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { SplitEvent } from "@sekisho/wire/admin/splits.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** A change of a split, as far as it is told. */
export interface ToldSplitChange {
  readonly split: string;
  readonly event: SplitEvent;
  readonly arm: string | null;
  readonly by: string;
  readonly requestId: string;
  readonly words: string;
}

/** The share of its split's calls that falls to an arm now. */
export interface ArmShare {
  readonly split: string;
  readonly arm: string;
  readonly share: number;
}

/** A split was changed (RTE-4): its counter and its log line; an arm that failed is a warning. */
export class SplitChanged {
  readonly #log: GatewayLog;
  readonly #changes: MetricFamily<Counter, "split" | "event">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#changes = metrics.counter({
      name: "sekisho_split_changes_total",
      help: "Changes of splits, by administrators and by themselves",
      labels: { split: 50, event: 9 },
    });
  }

  record({ split, event, arm, by, requestId, words }: ToldSplitChange): void {
    this.#changes.with({ split, event }).add();
    const level = event === "rolled_back" ? "warn" : "info";
    const object = arm === null ? split : `${split}/${arm}`;
    const about = { event: `split.${event}`, object, by, requestId, reason: words };
    this.#log[level]("a split was changed", about);
  }
}

/** How calls are divided now, as metrics. */
export function exposeShares(metrics: Metrics, shares: () => readonly ArmShare[]): void {
  metrics.observedGauges(
    {
      name: "sekisho_split_share",
      help: "The share of a split's calls that falls to an arm, from 0 to 1",
      labels: { split: 50, arm: 100 },
    },
    () => shares().map(({ split, arm, share }) => ({ labels: { split, arm }, value: share })),
  );
}
