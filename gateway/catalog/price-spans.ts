import type { Price, PriceSpan } from "../price.ts";

/** A price and the instants between which it holds. */
export interface DatedPrice {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly price: Price;
}

/**
 * Prices in the order of time, each until it ends; between two and behind the last there is none.
 * Throws RangeError for prices that hold at the same time or end before they begin.
 */
export function spansOf(dated: readonly DatedPrice[]): PriceSpan {
  const inOrder = dated.toSorted((one, other) => one.fromMs - other.fromMs);
  for (const [at, { fromMs, untilMs, price }] of inOrder.entries()) {
    const next = inOrder[at + 1]?.fromMs ?? Infinity;
    if (untilMs <= fromMs || untilMs > next) {
      throw new RangeError(`Cannot date the price ${price.version}: it overlaps or never holds`);
    }
  }
  const nothing: PriceSpan = { price: null, untilMs: Infinity, next: null };
  return inOrder.reduceRight((behind, { fromMs, untilMs, price }): PriceSpan => {
    const after = spanFrom(untilMs, behind);
    const held: PriceSpan = { price, untilMs, next: after };
    return fromMs === -Infinity ? held : { price: null, untilMs: fromMs, next: held };
  }, nothing);
}

/** Without a gap the empty span before the next price lasts no time at all and is left out. */
const spanFrom = (atMs: number, behind: PriceSpan): PriceSpan | null => {
  if (atMs === Infinity) return null;
  return behind.price === null && behind.untilMs <= atMs ? behind.next : behind;
};
