/** One version of a model's price: integer nano-USD per million tokens of each kind (MON-1). */
export interface Price {
  /** Names book and line; it is pinned in the ledger row. */
  readonly version: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}
