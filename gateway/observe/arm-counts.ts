import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { HistogramScale } from "@sekisho/lib/telemetry/prometheus-text.ts";
import { armClassOf, type ClassedCall } from "../arm-class.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { armOf } from "../split.ts";

/** A call that is over, as far as the figures of its arm are made of it. */
export interface ArmCall extends ClassedCall {
  readonly call: ClassedCall["call"] & Pick<Call, "choice">;
  readonly counts: AttemptRecord | null;
  readonly costNanoUsd: number;
  readonly endedMs: number;
}

const labels = { split: 50, arm: 100 };
type ArmLabel = keyof typeof labels;

/** What this process has served of each arm of a split (RTE-4). */
export class ArmCounts {
  readonly #requests: MetricFamily<Counter, ArmLabel | "class">;
  readonly #tokens: MetricFamily<Counter, ArmLabel | "kind">;
  readonly #cost: MetricFamily<Counter, ArmLabel>;
  readonly #latency: MetricFamily<Histogram, ArmLabel>;
  readonly #firstToken: MetricFamily<Histogram, ArmLabel>;

  constructor(metrics: Metrics, seconds: HistogramScale) {
    this.#requests = metrics.counter({
      name: "sekisho_split_requests_total",
      help: "Requests of each arm of a split, by how they ended",
      labels: { ...labels, class: 8 },
    });
    this.#tokens = metrics.counter({
      name: "sekisho_split_tokens_total",
      help: "Tokens of the answers of each arm, input without cached ones",
      labels: { ...labels, kind: 2 },
    });
    this.#cost = metrics.counter({
      name: "sekisho_split_cost_nano_usd_total",
      help: "What tenants paid for the calls of each arm, in nano-USD",
      labels,
    });
    const timed = (name: string, help: string) =>
      metrics.histogram({ name, help, labels }, seconds);
    this.#latency = timed(
      "sekisho_split_duration_seconds",
      "From a request's arrival to the end of its answer, by the arm that it fell to",
    );
    this.#firstToken = timed(
      "sekisho_split_first_token_seconds",
      "From a request's arrival to the first content of its answer, by the arm that it fell to",
    );
  }

  record(ended: ArmCall): void {
    const { call, counts, costNanoUsd, endedMs } = ended;
    const ref = armOf(call.choice);
    if (ref === null) return;
    const { split, arm } = ref;
    const of = { split, arm };
    const outcome = armClassOf(ended);
    this.#requests.with({ ...of, class: outcome }).add();
    if (outcome === "given") return;
    this.#cost.with(of).add(costNanoUsd);
    this.#latency.with(of).record((endedMs - call.arrivedMs) * 1_000);
    if (counts === null) return;
    const { usage } = counts.outcome.measured;
    this.#tokens.with({ ...of, kind: "input" }).add(usage.input);
    this.#tokens.with({ ...of, kind: "output" }).add(usage.output);
    const firstMs = counts.firstTokenMs;
    if (firstMs !== null) this.#firstToken.with(of).record((firstMs - call.arrivedMs) * 1_000);
  }
}
