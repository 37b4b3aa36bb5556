/** Tokens of one request; what is missing is 0. */
export interface RequestTokens {
  /** Without those that a provider reads from its cache or writes to it. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  /** Images of the prompt, where a price charges them beside their tokens. */
  readonly images?: number | undefined;
  /** Sent as part of a batch, at the discount of batches. */
  readonly batch?: boolean | undefined;
}

/** What one request costs with one model. */
export interface RequestCost {
  readonly model: string;
  readonly costUsd: number;
  /** The same, exact: a billionth of a USD each. */
  readonly costNanoUsd: number;
  /** Book, line and band that it was priced by. */
  readonly priceVersion: string;
}

/** So many requests a day, over 30 days unless said. */
export interface MonthlyLoad extends RequestTokens {
  readonly model: string;
  readonly requestsPerDay: number;
  readonly days?: number | undefined;
}

export interface LoadCost {
  readonly model: string;
  readonly days: number;
  readonly requestUsd: number;
  readonly dayUsd: number;
  readonly totalUsd: number;
  readonly priceVersion: string;
}

/**
 * What requests cost, by the prices of the configuration and the book; nothing is sent. A model is
 * an alias, which stands for its first target, or a model's own name. `at` is an instant in epoch
 * milliseconds, now unless said. They throw SekishoError: `unpriced`, `invalid_value`.
 */
export interface CostFace {
  calculate(model: string, tokens: RequestTokens, at?: number): RequestCost;
  /** The cheapest first. */
  compare(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost[];
  cheapest(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost;
  monthly(load: MonthlyLoad, at?: number): LoadCost;
}
