import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Amounts, Measure } from "../amounts.ts";

/** Which slice of which account. */
export interface SliceName {
  readonly account: string;
  readonly windowStartMs: number;
  readonly owner: string;
  readonly id: number;
}

/** An account as the store knows it, and as one of its slices sees it. */
export interface SharedBooks {
  /** What all have spent. */
  readonly spent: Amounts;
  /** What of the slice's own has been spent. */
  readonly used: Amounts;
  /** What other slices hold … */
  readonly elsewhere: Amounts;
  /** … and how much of that no call held, when it was told last. */
  readonly idleElsewhere: Amounts;
}

/**
 * What several processes hold of the same accounts. `spent + everything held` stays within the
 * limit: `ask` conflicts where it would not.
 */
export interface SliceStore {
  books(slice: SliceName): SharedBooks;
  /** Adds to a slice. Conflicts when so much is not free under `most`; null: not limited. */
  ask(slice: SliceName, amounts: Amounts, most: Readonly<Record<Measure, number | null>>): Write;
  /** Gives something of a slice back, and tells how much of the rest no call holds. */
  giveBack(slice: SliceName, amounts: Amounts, idle: Amounts): Write;
  /** What a slice was spent on. Additive: it may be folded with others of the slice. */
  use(slice: SliceName, amounts: Amounts): Write;
  /** The same of a process that is gone, whose slices nobody knows any more. */
  useOf(owner: string, account: Omit<SliceName, "owner" | "id">, amounts: Amounts): Write;
  /** Forgets a slice of which nothing is held. */
  forget(slice: SliceName): Write;
  /** Forgets the slices of a process; whoever asks has closed its calls. */
  forgetOwner(owner: string): Write;
  /** Forgets all of them: for whoever knows that no process lives. */
  forgetAll(): Write;
}
