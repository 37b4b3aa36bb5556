import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearestAre, nearNames } from "@sekisho/lib/text/near-names.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import { costNanoUsd, pricedBy } from "../cost.ts";
import { shownModel } from "../model-name.ts";
import { atPercent, forImages, priceAt, type Price, type PriceSpan } from "../price.ts";
import { usdText } from "../usd-text.ts";

/** Tokens of one request; `input` holds none of the cached ones. What is missing is 0. */
export interface CalculatedTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  /** Images of the prompt, where a price charges them beside their tokens. */
  readonly images?: number;
  /** Sent as part of a batch, at the discount of batches. */
  readonly batch?: boolean;
}

/** What one request costs with one model. */
export interface CalculatedCost {
  readonly model: string;
  readonly costNanoUsd: number;
  /** The same exactly in US dollars: "0.006". */
  readonly costUsd: string;
  /** Book, line, band and factor that it was priced by. */
  readonly priceVersion: string;
}

export interface MonthlyQuestion extends CalculatedTokens {
  readonly model: string;
  readonly requestsPerDay: number;
  /** 30 unless said. */
  readonly days?: number;
}

/** A daily load projected over some days, exactly. */
export interface MonthlyCost {
  readonly model: string;
  readonly days: number;
  readonly requestUsd: string;
  readonly dayUsd: string;
  readonly totalUsd: string;
  readonly priceVersion: string;
}

export interface CalculatorSources {
  /** The prices of a model over time; null for one without. */
  readonly pricesOf: (model: string) => PriceSpan | null;
  /** Names that one may have meant who wrote this one. */
  readonly namesLike: (model: string) => Iterable<string>;
  readonly wallMs: () => number;
  /** What a batch costs of the same requests one by one. */
  readonly batchPercent: number;
}

const usualDays = 30;

/** What requests cost by the price book, without sending them (MON-17). */
export class CostCalculator {
  readonly #sources: CalculatorSources;

  constructor(sources: CalculatorSources) {
    this.#sources = sources;
  }

  /**
   * What one request costs at an instant in epoch milliseconds, now unless said. Throws Failure
   * `unpriced` for a model without a price then, `invalid_value` for tokens that are no count, or
   * cost more than a number holds.
   */
  calculate(model: string, tokens: CalculatedTokens, at?: number): CalculatedCost {
    const { pricesOf, wallMs, batchPercent } = this.#sources;
    const usage = usageOf(tokens);
    const listed = priceAtOrNull(pricesOf(model), at ?? wallMs());
    if (listed === null) {
      const near = nearestAre(this.nearest(model));
      const message = `Cannot price model "${shownModel(model)}": it has no price${near}`;
      throw new Failure<Code>("unpriced", message, { param: "model" });
    }
    const price = tokens.batch === true ? atPercent(listed, batchPercent) : listed;
    const cost = exactCost(usage, price, checked("images", tokens.images ?? 0));
    return {
      model,
      costNanoUsd: cost,
      costUsd: usdText(cost),
      priceVersion: pricedBy(usage, price),
    };
  }

  /** Has a model a price now? Whoever asks for many is spared the search for names near to each. */
  isPriced(model: string): boolean {
    const { pricesOf, wallMs } = this.#sources;
    return priceAtOrNull(pricesOf(model), wallMs()) !== null;
  }

  /** Names with a price that are near to this one, the likeliest first. */
  nearest(model: string): string[] {
    const { pricesOf, namesLike } = this.#sources;
    return nearNames(model, namesLike(model)).filter((name) => pricesOf(name) !== null);
  }

  /** The same request with each model, the cheapest first. Throws as `calculate`. */
  compare(models: readonly string[], tokens: CalculatedTokens, at?: number): CalculatedCost[] {
    return models
      .map((model) => this.calculate(model, tokens, at))
      .toSorted((one, other) => one.costNanoUsd - other.costNanoUsd);
  }

  /** The model that the request costs least with; the first of equals. Throws as `calculate`. */
  cheapest(models: readonly string[], tokens: CalculatedTokens, at?: number): CalculatedCost {
    const [first] = this.compare(models, tokens, at);
    if (first !== undefined) return first;
    const message = "Cannot find the cheapest model: 0 models given, 1 or more needed";
    throw new Failure<Code>("invalid_value", message, { param: "models" });
  }

  /** What so many requests a day cost per day and in all. Throws as `calculate`. */
  monthly(question: MonthlyQuestion, at?: number): MonthlyCost {
    const { model, requestsPerDay, days = usualDays } = question;
    const { costNanoUsd: cost, costUsd, priceVersion } = this.calculate(model, question, at);
    const day = BigInt(cost) * BigInt(checked("requestsPerDay", requestsPerDay));
    return {
      model,
      days,
      requestUsd: costUsd,
      dayUsd: usdText(day),
      totalUsd: usdText(day * BigInt(checked("days", days))),
      priceVersion,
    };
  }
}

const priceAtOrNull = (span: PriceSpan | null, wallMs: number) =>
  span === null ? null : priceAt(span, wallMs);

const usageOf = (tokens: CalculatedTokens): Usage => ({
  input: checked("input", tokens.input),
  output: checked("output", tokens.output),
  cacheRead: checked("cacheRead", tokens.cacheRead ?? 0),
  cacheWrite5m: checked("cacheWrite5m", tokens.cacheWrite5m ?? 0),
  cacheWrite1h: checked("cacheWrite1h", tokens.cacheWrite1h ?? 0),
  reasoning: 0,
});

function exactCost(usage: Usage, price: Price, images: number): number {
  try {
    const cost = costNanoUsd(usage, forImages(price, images));
    if (Number.isSafeInteger(cost)) return cost;
    throw new RangeError(`Cannot price the tokens: the cost exceeds ${Number.MAX_SAFE_INTEGER}`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure<Code>("invalid_value", error.message, {}, error);
  }
}

function checked(param: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  const message = `Cannot calculate with ${param} ${count}: a whole number from 0 expected`;
  throw new Failure<Code>("invalid_value", message, { param });
}
