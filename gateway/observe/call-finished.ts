import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AttemptRecord } from "../attempt.ts";
import { isGiven } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import type { Target } from "../target.ts";
import { ChoiceCounts } from "./choice-counts.ts";
import { ArmCounts } from "./arm-counts.ts";
import type { GatewayLog } from "./gateway-log.ts";
import { HistoryCounts } from "./history-counts.ts";
import type { ProcessTotals } from "./process-totals.ts";
import type { RecentCalls } from "./recent-calls.ts";
import type { ServedCalls } from "./served-calls.ts";

/** A call that is over, as far as figures are made of it. */
export interface FinishedCall {
  readonly call: Call;
  readonly attempts: readonly AttemptRecord[];
  readonly counts: AttemptRecord | null;
  readonly cause: Code | null;
  /** False for a client that left: that is no failure. */
  readonly isError: boolean;
  readonly costNanoUsd: number;
  readonly excessNanoUsd: number;
  readonly endedMs: number;
}

/** Each label takes so many values; what comes later is counted under `other` (SEC-10). */
const placeLabels = { provider: 50, region: 50, model: 200 };
type PlaceLabel = keyof typeof placeLabels;
type Place = Readonly<Record<PlaceLabel, string>>;

const nowhere: Place = { provider: "none", region: "none", model: "none" };

const secondsFromMicroseconds = {
  perUnit: 1_000_000,
  bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300, 600],
};

/** What one target counts into, resolved once. */
interface TargetFigures {
  readonly latencyUs: Histogram;
  readonly firstTokenUs: Histogram;
  readonly inputTokens: Counter;
  readonly outputTokens: Counter;
  readonly costNanoUsd: Counter;
  readonly outcomes: Map<string, Counter>;
}

/** Who counts calls beside the metrics. */
export interface CallFigures {
  readonly served: ServedCalls;
  readonly recent: RecentCalls;
  readonly totals: ProcessTotals;
}

/** The end of a call: its counters and its log line stand together. */
export class CallFinished {
  readonly #log: GatewayLog;
  readonly #requests: MetricFamily<Counter, PlaceLabel | "code">;
  readonly #attempts: MetricFamily<Counter, PlaceLabel | "code">;
  readonly #latency: MetricFamily<Histogram, PlaceLabel>;
  readonly #firstToken: MetricFamily<Histogram, PlaceLabel>;
  readonly #tokens: MetricFamily<Counter, PlaceLabel | "kind">;
  readonly #cost: MetricFamily<Counter, PlaceLabel>;
  readonly #excess: MetricFamily<Counter, PlaceLabel>;
  readonly #served: ServedCalls;
  readonly #figures = new WeakMap<Target, TargetFigures>();
  readonly #nowhere = new Map<string, Counter>();
  readonly #recent: RecentCalls;
  readonly #totals: ProcessTotals;
  readonly #choices: ChoiceCounts;
  readonly #arms: ArmCounts;
  readonly #histories: HistoryCounts;

  constructor(log: GatewayLog, metrics: Metrics, { served, recent, totals }: CallFigures) {
    this.#log = log;
    this.#served = served;
    this.#recent = recent;
    this.#totals = totals;
    this.#choices = new ChoiceCounts(metrics);
    this.#arms = new ArmCounts(metrics, secondsFromMicroseconds);
    this.#histories = new HistoryCounts(metrics);
    this.#requests = metrics.counter({
      name: "sekisho_requests_total",
      help: "Admitted requests that are over, by where they were served and how they ended",
      labels: { ...placeLabels, code: 60 },
    });
    this.#attempts = metrics.counter({
      name: "sekisho_failed_attempts_total",
      help: "Attempts at providers that failed or were ended early",
      labels: { ...placeLabels, code: 60 },
    });
    this.#latency = metrics.histogram(
      {
        name: "sekisho_request_duration_seconds",
        help: "From a request's arrival to the end of its answer",
        labels: placeLabels,
      },
      secondsFromMicroseconds,
    );
    this.#firstToken = metrics.histogram(
      {
        name: "sekisho_first_token_seconds",
        help: "From a request's arrival to the first content of its answer",
        labels: placeLabels,
      },
      secondsFromMicroseconds,
    );
    this.#tokens = metrics.counter({
      name: "sekisho_tokens_total",
      help: "Tokens of answers, input without cached ones",
      labels: { ...placeLabels, kind: 2 },
    });
    this.#excess = metrics.counter({
      name: "sekisho_excess_cost_nano_usd_total",
      help: "What providers reported beyond the reservation, in nano-USD: the operator pays it",
      labels: placeLabels,
    });
    this.#cost = metrics.counter({
      name: "sekisho_cost_nano_usd_total",
      help: "What tenants paid, in nano-USD",
      labels: placeLabels,
    });
  }

  record(finished: FinishedCall): void {
    const { call, attempts, counts, cause } = finished;
    const latencyMs = finished.endedMs - call.arrivedMs;
    for (const attempt of attempts) this.#countAttempt(attempt);
    this.#tellFailures(finished);
    if (finished.excessNanoUsd > 0 && counts !== null) this.#alarm(finished, counts.target);
    if (counts === null) this.#unserved(cause ?? "ok").add();
    else this.#count(finished, counts, latencyMs);
    this.#remember(finished, latencyMs);
    this.#choices.record(finished);
    this.#arms.record(finished);
    this.#histories.record(call);
    this.#log.frequent("call finished", {
      requestId: `req_${call.id}`,
      tenant: call.principal.tenant,
      key: call.principal.keyId,
      surface: call.summaryOf === undefined ? call.request.surface : "summary",
      summaryOf: call.summaryOf === undefined ? undefined : `req_${call.summaryOf}`,
      alias: call.request.read.facts.model,
      choice: call.choice?.alias,
      leftOutMessages: call.shortened?.messages,
      cached: call.cache?.kind,
      model: counts?.target.upstreamModel,
      provider: counts?.target.provider,
      region: counts?.target.region,
      credential: counts?.target.credentialId ?? undefined,
      attempts: attempts.length,
      outcome: cause ?? "ok",
      inputTokens: counts?.outcome.measured.usage.input,
      outputTokens: counts?.outcome.measured.usage.output,
      costNanoUsd: finished.costNanoUsd,
      latencyMs: Math.round(latencyMs),
    });
  }

  /** A failure that another attempt follows is in no answer: only its line tells of it. */
  #tellFailures({ call, attempts }: FinishedCall): void {
    for (const [index, { target, outcome, startedMs, endedMs }] of attempts.entries()) {
      if (outcome.kind !== "failed") continue;
      const { code, reach, status } = outcome.failure;
      this.#log[index < attempts.length - 1 ? "info" : "debug"]("attempt failed", {
        requestId: `req_${call.id}`,
        attempt: index + 1,
        provider: target.provider,
        region: target.region,
        credential: target.credentialId ?? undefined,
        model: target.upstreamModel,
        code,
        reach,
        status: status ?? undefined,
        latencyMs: Math.round(endedMs - startedMs),
      });
    }
  }

  /** The bound was too low, or the provider counts wrongly: somebody must look (MON-7). */
  #alarm({ call, excessNanoUsd }: FinishedCall, target: Target): void {
    this.#excess.with(placeOf(target)).add(excessNanoUsd);
    this.#log.warn("a provider reported more than was reserved", {
      requestId: `req_${call.id}`,
      provider: target.provider,
      model: target.upstreamModel,
      costNanoUsd: excessNanoUsd,
    });
  }

  #count(finished: FinishedCall, counts: AttemptRecord, latencyMs: number): void {
    const figures = this.#figuresOf(counts.target);
    this.#outcome(figures, counts.target, finished.cause ?? "ok").add();
    if (finished.cause === null) this.#served.count(finished.call.entry, counts.target);
    figures.latencyUs.record(latencyMs * 1_000);
    if (counts.firstTokenMs !== null) {
      figures.firstTokenUs.record((counts.firstTokenMs - finished.call.arrivedMs) * 1_000);
    }
    const { usage } = counts.outcome.measured;
    figures.inputTokens.add(usage.input);
    figures.outputTokens.add(usage.output);
    figures.costNanoUsd.add(finished.costNanoUsd);
  }

  #remember(finished: FinishedCall, totalMs: number): void {
    const { call, counts, cause, isError, costNanoUsd, endedMs } = finished;
    const usage = counts?.outcome.measured.usage;
    this.#totals.ended({
      usage: usage ?? null,
      isError,
      isGiven: isGiven(call.cache),
      totalMs,
      costNanoUsd,
    });
    const firstMs = counts?.firstTokenMs ?? null;
    const ended = {
      code: cause,
      isError,
      totalMs,
      firstTokenMs: firstMs === null ? null : firstMs - call.arrivedMs,
      inputTokens: usage?.input ?? 0,
      outputTokens: usage?.output ?? 0,
      costNanoUsd,
    };
    this.#recent.ended(counts?.target ?? null, ended, endedMs);
  }

  #countAttempt({ target, outcome, endedMs }: AttemptRecord): void {
    if (outcome.kind === "complete") return;
    const code = outcome.kind === "failed" ? outcome.failure.code : outcome.cause;
    this.#attempts.with({ ...placeOf(target), code }).add();
    if (outcome.kind === "failed") this.#recent.attemptFailed(target, code, endedMs);
  }

  /** Of calls that no provider has answered. */
  #unserved(code: string): Counter {
    const known = this.#nowhere.get(code);
    if (known !== undefined) return known;
    const counter = this.#requests.with({ ...nowhere, code });
    this.#nowhere.set(code, counter);
    return counter;
  }

  #outcome(figures: TargetFigures, target: Target, code: string): Counter {
    const known = figures.outcomes.get(code);
    if (known !== undefined) return known;
    const counter = this.#requests.with({ ...placeOf(target), code });
    figures.outcomes.set(code, counter);
    return counter;
  }

  #figuresOf(target: Target): TargetFigures {
    const known = this.#figures.get(target);
    if (known !== undefined) return known;
    const place = placeOf(target);
    const fresh: TargetFigures = {
      latencyUs: this.#latency.with(place),
      firstTokenUs: this.#firstToken.with(place),
      inputTokens: this.#tokens.with({ ...place, kind: "input" }),
      outputTokens: this.#tokens.with({ ...place, kind: "output" }),
      costNanoUsd: this.#cost.with(place),
      outcomes: new Map(),
    };
    this.#figures.set(target, fresh);
    return fresh;
  }
}

const placeOf = ({ provider, region, upstreamModel }: Target): Place => ({
  provider,
  region,
  model: upstreamModel,
});
