import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { GivenKind, Saved } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** What became of a request that may be given a kept answer, and of the answer that it has made. */
export type CacheEvent =
  | "miss"
  | "refresh"
  | "bypass"
  /** Its answer is kept now. */
  | "stored"
  /** Its answer is not: broken off, cut, refused, of a tool, of another model, too large. */
  | "unfit";

/** What a tenant's calls of an alias count into. */
interface GivenFigures extends Readonly<Record<GivenKind, Counter>> {
  readonly input: Counter;
  readonly output: Counter;
  readonly nanoUsd: Counter;
}

/** Tenants and aliases beyond these are counted under `other` (SEC-10). */
const whose = { tenant: 100, alias: 200 };

/** What answers that are given again come to: counters, and one line where their store fails. */
export class AnswerGiven {
  readonly #log: GatewayLog;
  readonly #requests: MetricFamily<Counter, "tenant" | "alias" | "result">;
  readonly #tokens: MetricFamily<Counter, "tenant" | "alias" | "kind">;
  readonly #saved: MetricFamily<Counter, "tenant" | "alias">;
  readonly #failures: MetricFamily<Counter, "work">;
  readonly #figures = new WeakMap<ModelEntry, Map<string, GivenFigures>>();
  #hasTold = false;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#requests = metrics.counter({
      name: "sekisho_cache_requests_total",
      help: "Requests that may be given a kept answer, and what became of them and their answers",
      labels: { ...whose, result: 10 },
    });
    this.#tokens = metrics.counter({
      name: "sekisho_cache_saved_tokens_total",
      help: "Tokens that no model has read or written, since their answer was kept",
      labels: { ...whose, kind: 2 },
    });
    this.#saved = metrics.counter({
      name: "sekisho_cache_saved_nano_usd_total",
      help: "What answers that were given again had cost, in nano-USD",
      labels: whose,
    });
    this.#failures = metrics.counter({
      name: "sekisho_cache_failures_total",
      help: "Work that the store of kept answers has not done; calls go on without it",
      labels: { work: 5 },
    });
  }

  record(call: Call, kind: GivenKind, saved: Saved): void {
    const figures = this.#figuresOf(call);
    figures[kind].add();
    figures.input.add(saved.inputTokens);
    figures.output.add(saved.outputTokens);
    figures.nanoUsd.add(saved.nanoUsd);
  }

  /** Resolved once: to name four counters by their labels takes 4 us. */
  #figuresOf(call: Call): GivenFigures {
    const { tenant } = call.principal;
    const known = this.#figures.get(call.entry) ?? new Map<string, GivenFigures>();
    this.#figures.set(call.entry, known);
    const own = known.get(tenant);
    if (own !== undefined) return own;
    const whose = whoseOf(call);
    const answers = (result: GivenKind): Counter => this.#requests.with({ ...whose, result });
    const figures = {
      hit: answers("hit"),
      shared: answers("shared"),
      semantic: answers("semantic"),
      input: this.#tokens.with({ ...whose, kind: "input" }),
      output: this.#tokens.with({ ...whose, kind: "output" }),
      nanoUsd: this.#saved.with(whose),
    };
    known.set(tenant, figures);
    return figures;
  }

  count(call: Call, result: CacheEvent): void {
    this.#requests.with({ ...whoseOf(call), result }).add();
  }

  /** Counted each time, told once until it works again. */
  failed(work: string, error: unknown): void {
    this.#failures.with({ work }).add();
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#log.warn("kept answers cannot be stored or found; calls go on without", { error });
  }

  works(): void {
    this.#hasTold = false;
  }
}

const whoseOf = ({ principal, entry }: Call): { tenant: string; alias: string } => ({
  tenant: principal.tenant,
  alias: entry.name,
});
