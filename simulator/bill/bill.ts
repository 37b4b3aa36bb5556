import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { CallRecord, Outcome } from "../call-record.ts";
import { noTokens, type TokenCounts } from "../reply.ts";
import { costOf, flatCostOf, isPrice, type Price } from "./price.ts";
import { defaultPrice, defaultPrices } from "./prices.data.ts";

export type Prices = Readonly<Record<string, Price>>;

/** What one model cost in one region. */
export interface BillLine {
  readonly region: string;
  readonly model: string;
  calls: number;
  readonly outcomes: Record<Outcome, number>;
  inputTokens: number;
  cachedTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costNanoUsd: bigint;
}

/** Lines beyond this are summed in one line of the model `*`. */
const maxLines = 10_000;

const newLine = (region: string, model: string): BillLine => ({
  region,
  model,
  calls: 0,
  outcomes: { complete: 0, error: 0, cut_by_us: 0, client_gone: 0 },
  inputTokens: 0,
  cachedTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 0n,
});

/**
 * What a call is billed: a complete one its plan; one that ended early the prompt and what had been
 * produced, once a first token had been; an error nothing.
 */
const billedTokens = (call: CallRecord): TokenCounts => {
  if (call.outcome === "complete") return call.planned;
  if (call.outcome === "error" || call.producedTokens === 0) return noTokens;
  const output = call.producedTokens;
  return { ...call.planned, output, reasoning: Math.min(call.planned.reasoning, output) };
};

/**
 * The provider's own bill, in its own arithmetic. A price is found by `region/model`, then by
 * `model`, then it is the default one.
 */
export class Bill {
  #prices = new Map<string, Price>();
  readonly #lines = new Map<string, Map<string, BillLine>>();
  #lineCount = 0;

  constructor(prices: Prices | undefined) {
    this.setPrices(prices ?? defaultPrices);
  }

  get models(): string[] {
    return [...this.#prices.keys()].filter((name) => !name.includes("/"));
  }

  /** Throws `Failure("invalid_price")` unless every figure is a non-negative integer. */
  setPrices(prices: Prices): void {
    for (const [model, price] of Object.entries(prices)) {
      if (isPrice(price)) continue;
      const rule = "each figure is a non-negative integer of nano-USD";
      throw new Failure("invalid_price", `Cannot take the price of "${model}": ${rule}`);
    }
    this.#prices = new Map(Object.entries(prices));
  }

  clear(): void {
    this.#lines.clear();
    this.#lineCount = 0;
  }

  /** Writes tokens and cost into the call and adds them up. */
  settle(call: CallRecord): void {
    const tokens = billedTokens(call);
    call.tokens = tokens;
    const price = this.priceOf(call.region, call.pricedModel);
    call.costNanoUsd = costOf(tokens, price);
    if (tokens !== noTokens) call.costNanoUsd += flatCostOf(call.summary?.images ?? 0, price);
    const line = this.#line(call.region, call.pricedModel);
    line.calls += 1;
    if (call.outcome !== null) line.outcomes[call.outcome] += 1;
    line.inputTokens += tokens.input;
    line.cachedTokens += tokens.cached;
    line.cacheWrite5mTokens += tokens.cacheWrite5m;
    line.cacheWrite1hTokens += tokens.cacheWrite1h;
    line.outputTokens += tokens.output;
    line.reasoningTokens += tokens.reasoning;
    line.costNanoUsd += BigInt(call.costNanoUsd);
  }

  priceOf(region: string, model: string): Price {
    const prices = this.#prices;
    return prices.get(`${region}/${model}`) ?? prices.get(model) ?? defaultPrice;
  }

  /** All lines, and their sum as the line of every region and model. */
  statement(): { total: BillLine; lines: BillLine[] } {
    const total = newLine("*", "*");
    const lines = [...this.#lines.values()].flatMap((models) => [...models.values()]);
    for (const line of lines) {
      total.calls += line.calls;
      total.outcomes.complete += line.outcomes.complete;
      total.outcomes.error += line.outcomes.error;
      total.outcomes.cut_by_us += line.outcomes.cut_by_us;
      total.outcomes.client_gone += line.outcomes.client_gone;
      total.inputTokens += line.inputTokens;
      total.cachedTokens += line.cachedTokens;
      total.cacheWrite5mTokens += line.cacheWrite5mTokens;
      total.cacheWrite1hTokens += line.cacheWrite1hTokens;
      total.outputTokens += line.outputTokens;
      total.reasoningTokens += line.reasoningTokens;
      total.costNanoUsd += line.costNanoUsd;
    }
    return { total, lines };
  }

  #line(region: string, model: string): BillLine {
    let models = this.#lines.get(region);
    if (models === undefined) this.#lines.set(region, (models = new Map()));
    const known = models.get(model);
    if (known !== undefined) return known;
    const name = this.#lineCount < maxLines ? model : "*";
    const line = models.get(name) ?? newLine(region, name);
    if (!models.has(name)) this.#lineCount += 1;
    models.set(name, line);
    return line;
  }
}
