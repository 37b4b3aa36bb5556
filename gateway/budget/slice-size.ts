import { measures, type Amounts, type Measure, type Sums } from "../amounts.ts";
import { freeOf, type Account } from "./account.ts";
import type { Slice } from "./slice.ts";

const eachMeasure = (make: (measure: Measure) => number): Sums => ({
  nanoUsd: make("nanoUsd"),
  inputTokens: make("inputTokens"),
  outputTokens: make("outputTokens"),
});

/** What of the slice no call holds. */
export const idleOf = ({ granted, used }: Slice, reserved: Amounts): Sums =>
  eachMeasure((measure) => granted[measure] - used[measure] - reserved[measure]);

/** Is nothing lacking of these amounts? Asked for each call: it makes no object. */
export const suffices = (
  { granted, used }: Slice,
  reserved: Amounts,
  { nanoUsd, inputTokens, outputTokens }: Amounts,
): boolean =>
  granted.nanoUsd - used.nanoUsd - reserved.nanoUsd >= nanoUsd &&
  granted.inputTokens - used.inputTokens - reserved.inputTokens >= inputTokens &&
  granted.outputTokens - used.outputTokens - reserved.outputTokens >= outputTokens;

/** What is lacking of these amounts. */
export const lackOf = (amounts: Amounts, idle: Amounts): Sums =>
  eachMeasure((measure) => Math.max(0, amounts[measure] - idle[measure]));

/** A budget is shared out in slices while this many of the largest reservations are free. */
const leasedTimes = 100;

/** Each process takes at most this part of its share of what is free: slices shrink with it. */
const sliceParts = 8;

/**
 * Of what is not limited so many of the largest reservations are taken at a time. Calls that come
 * between the end of a slice and the next ask each for its own: of 32, with 64 calls under way,
 * every sixth did, and waited for a transaction.
 */
const unlimitedTimes = 65_536;

/** The sums of 64 processes stay exact. */
const mostUnlimited = 2 ** 46;

/**
 * Sessions and users spend little: each of their calls asks the store (MON-9). So do calls of
 * rules, since clients name them and nobody bounds how many slices would lie about.
 */
const isShared = ({ limit: { scope } }: Account): boolean =>
  scope !== "rule" && scope !== "user" && scope !== "session";

/**
 * How much a process of so many takes ahead of its calls; null for a tight account, of which
 * nobody has more in its hands than its calls hold.
 */
export function sliceSize(account: Account, largest: Amounts, processes: number): Sums | null {
  if (!isShared(account)) return null;
  for (const measure of measures) {
    if (freeOf(account, measure) < leasedTimes * largest[measure]) return null;
  }
  return eachMeasure((measure) => {
    const free = freeOf(account, measure);
    if (free === Infinity) return Math.min(unlimitedTimes * largest[measure], mostUnlimited);
    return Math.floor(free / (sliceParts * processes));
  });
}
