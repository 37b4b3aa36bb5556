import type { LoadLevel, LoadSample } from "@sekisho/lib/resilience/load-shedder.ts";
import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { Gauge } from "@sekisho/lib/telemetry/gauge.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { criticalities, type Criticality } from "@sekisho/wire/criticality.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** The load, as figures and log lines tell it. */
export interface ObservedLoad {
  readonly level: LoadLevel;
  readonly refused: readonly Criticality[];
  readonly sample: LoadSample;
}

/** The load of the process: its gauges, the count of calls it had refused, a line per change. */
export class LoadShed {
  readonly #log: GatewayLog;
  readonly #refused: ReadonlyMap<Criticality, Counter>;
  readonly #level: Gauge;
  readonly #lagSeconds: Gauge;
  readonly #heapShare: Gauge;
  readonly #queueSeconds: Gauge;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    const refused = metrics.counter({
      name: "sekisho_shed_requests_total",
      help: "Requests that were refused since the process had too much to do, by criticality",
      labels: { criticality: criticalities.length },
    });
    this.#refused = new Map(
      criticalities.map((criticality) => [criticality, refused.with({ criticality })]),
    );
    const gauge = (name: string, help: string): Gauge => metrics.gauge({ name, help }).with({});
    this.#level = gauge("sekisho_load_level", "Classes of calls that are refused now, 0 to 4");
    this.#lagSeconds = gauge(
      "sekisho_event_loop_lag_p99_seconds",
      "How long 99 of 100 moments of the last 2 s waited at most for the event loop",
    );
    this.#heapShare = gauge("sekisho_heap_used_ratio", "The used part of the heap's limit");
    this.#queueSeconds = gauge(
      "sekisho_queue_age_seconds",
      "How long the longest waiting call has waited for a connection or its intent",
    );
  }

  sampled({ level, sample }: ObservedLoad): void {
    this.#level.set(level);
    this.#lagSeconds.set(sample.lagMs / 1_000);
    this.#heapShare.set(sample.heapShare);
    this.#queueSeconds.set(sample.queueAgeMs / 1_000);
  }

  changed({ level, refused, sample }: ObservedLoad, before: LoadLevel): void {
    const fields = {
      loadLevel: level,
      refused: refused.join(", "),
      lagMs: Math.round(sample.lagMs),
      heapShare: Number(sample.heapShare.toFixed(3)),
      queueAgeMs: Math.round(sample.queueAgeMs),
    };
    if (level > before) this.#log.warn("more calls are refused: there is too much to do", fields);
    else this.#log.info("fewer calls are refused", fields);
  }

  refused(criticality: Criticality): void {
    this.#refused.get(criticality)?.add();
  }
}
