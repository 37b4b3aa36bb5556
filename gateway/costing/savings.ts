import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import { promptTokensOf } from "../cost.ts";
import type { CostCalculator } from "./cost-calculator.ts";

/** A call that was paid for. */
export interface PaidCall {
  readonly tenant: string;
  /** What its client has named. */
  readonly alias: string;
  readonly usage: Usage;
  readonly costNanoUsd: number;
}

/** The longest prompt and answer of a call that a lesser model may do as well. */
export interface SimpleCall {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What is to be saved by another model for a tenant's simple calls of an alias (MON-17). */
export interface Saving {
  readonly tenant: string;
  readonly alias: string;
  /** The model or alias that they would cost less with. */
  readonly to: string;
  /** The evidence: all calls, those that are simple, and what both have cost. */
  readonly calls: number;
  readonly simpleCalls: number;
  readonly costNanoUsd: bigint;
  readonly simpleCostNanoUsd: bigint;
  /** What the same tokens of the simple calls cost with `to`, each priced by itself. */
  readonly wouldCostNanoUsd: bigint;
}

/** Fewer of them say nothing about the next ones. */
const leastSimpleCalls = 20;

interface Group {
  readonly tenant: string;
  readonly alias: string;
  calls: number;
  costNanoUsd: bigint;
  readonly simple: PaidCall[];
}

type Prices = Pick<CostCalculator, "calculate" | "isPriced">;

/** Adds calls up, and says which of them would have cost less elsewhere. */
export class Savings {
  readonly #most: SimpleCall;
  readonly #groups = new Map<string, Group>();
  #calls = 0;

  constructor(most: SimpleCall) {
    this.#most = most;
  }

  get calls(): number {
    return this.#calls;
  }

  add(call: PaidCall): void {
    const { tenant, alias, usage, costNanoUsd } = call;
    const name = JSON.stringify([tenant, alias]);
    const group = this.#groups.get(name) ?? {
      tenant,
      alias,
      calls: 0,
      costNanoUsd: 0n,
      simple: [],
    };
    this.#groups.set(name, group);
    this.#calls += 1;
    group.calls += 1;
    group.costNanoUsd += BigInt(costNanoUsd);
    const { inputTokens, outputTokens } = this.#most;
    const isSimple = promptTokensOf(usage) <= inputTokens && usage.output <= outputTokens;
    if (isSimple) group.simple.push(call);
  }

  /**
   * Where the simple calls cost least of these models, the largest saving first; nothing of what is
   * cheapest already. Throws Failure `invalid_value` for tokens that cost more than a number holds.
   */
  among(models: readonly string[], costs: Prices): Saving[] {
    const priced = models.filter((model) => costs.isPriced(model));
    return [...this.#groups.values()]
      .flatMap((group) => savingOf(group, priced, costs) ?? [])
      .sort((a, b) => Number(savedNanoUsd(b) - savedNanoUsd(a)));
  }
}

export const savedNanoUsd = (saving: Saving): bigint =>
  saving.simpleCostNanoUsd - saving.wouldCostNanoUsd;

function savingOf(group: Group, models: readonly string[], costs: Prices): Saving | null {
  const { tenant, alias, calls, costNanoUsd, simple } = group;
  if (simple.length < leastSimpleCalls) return null;
  const others = models.filter((model) => model !== alias);
  const to = cheapestFor(meanOf(simple), others, costs);
  if (to === null) return null;
  const saving = {
    tenant,
    alias,
    to,
    calls,
    simpleCalls: simple.length,
    costNanoUsd,
    simpleCostNanoUsd: simple.reduce((sum, call) => sum + BigInt(call.costNanoUsd), 0n),
    wouldCostNanoUsd: simple.reduce((sum, { usage }) => sum + priced(to, usage, costs), 0n),
  };
  return savedNanoUsd(saving) > 0n ? saving : null;
}

const priced = (model: string, usage: Usage, costs: Prices): bigint =>
  BigInt(costs.calculate(model, usage).costNanoUsd);

function meanOf(calls: readonly PaidCall[]): Usage {
  const mean = (kind: keyof Usage): number =>
    Math.ceil(calls.reduce((sum, { usage }) => sum + usage[kind], 0) / calls.length);
  return {
    input: mean("input"),
    output: mean("output"),
    cacheRead: mean("cacheRead"),
    cacheWrite5m: mean("cacheWrite5m"),
    cacheWrite1h: mean("cacheWrite1h"),
    reasoning: mean("reasoning"),
  };
}

/** The first of equals; null where there are none. */
function cheapestFor(usage: Usage, models: readonly string[], costs: Prices): string | null {
  let least: { readonly model: string; readonly nanoUsd: bigint } | null = null;
  for (const model of models) {
    const nanoUsd = priced(model, usage, costs);
    if (least === null || nanoUsd < least.nanoUsd) least = { model, nanoUsd };
  }
  return least?.model ?? null;
}
