import type { Sums } from "../amounts.ts";

/**
 * What this process may spend of an account that others spend from too: granted to it for good by
 * the store, which counts it as held until it is spent or given back (MON-9).
 */
export interface Slice {
  /** Together with the process's name it names the slice in the store. */
  readonly id: number;
  readonly owner: string;
  readonly granted: Sums;
  /** Of what was granted, what calls came to. */
  readonly used: Sums;
  /** The largest reservation of this process. */
  readonly largest: Sums;
  /** What of it no call held when the store was told last: others show the rest as reserved. */
  readonly toldIdle: Sums;
  /** How much of what others hold was held by no call, when they told it last. */
  readonly idleElsewhere: Sums;
  /** So much more than one call needs is taken at a time; else each call asks for its own. */
  isLeased: boolean;
  /** An ask for more than its call needs is under way. */
  isAskingAhead: boolean;
  /** When the account was looked up in the store, and when a call used it, on the clock. */
  readAtMs: number;
  usedAtMs: number;
}
