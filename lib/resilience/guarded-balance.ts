import type { Balance } from "./balance.ts";

/**
 * A balance whose author is not known to be right: where it throws, or its answer is not each index
 * once, the candidates stay in the order in which they were given. `failed` is told of the first
 * such answer alone.
 */
export function guardedBalance(balance: Balance, failed: (error: unknown) => void): Balance {
  let hasFailed = false;
  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    failed(error);
  };
  return (candidates, lot) => {
    try {
      const order: unknown = balance(candidates, lot);
      if (isOrder(order, candidates.length)) return order;
      fail(
        new TypeError(`Cannot use the order ${shown(order)} of ${candidates.length} candidates`),
      );
    } catch (error) {
      fail(error);
    }
    return candidates.map((_, index) => index);
  };
}

function isOrder(value: unknown, count: number): value is readonly number[] {
  if (!Array.isArray(value) || value.length !== count) return false;
  const seen = new Set<unknown>(value);
  // Not `value.every`, which passes over holes.
  return seen.size === count && [...seen].every((index) => isIndex(index, count));
}

const isIndex = (value: unknown, count: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count;

const maxShownChars = 200;

/** Whatever it is: JSON knows no functions, and throws at circles. */
function shown(value: unknown): string {
  if (!Array.isArray(value)) return `of type ${typeof value}`;
  return `[${value.map((each) => String(each)).join(", ")}]`.slice(0, maxShownChars);
}
