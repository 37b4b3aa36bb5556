import { pickByDraw, pickByKey } from "@sekisho/lib/resilience/weighted-pick.ts";
import type { DividedBy, DividedChoice } from "../choice.ts";
import type { Arm, ModelEntry, SplitChoice, Sticky } from "../model-entry.ts";
import type { Attribution } from "../principal.ts";
import type { SplitWeights } from "../split.ts";

/** What of a call says to which arm it falls. */
export interface DividedCall {
  /** Null for a call of nobody in particular, which falls by chance. */
  readonly tenant: string | null;
  readonly attribution: Pick<Attribution, "session" | "user">;
  /** A whole number below 2 ** 32; asked for where nobody said whom the call is for. */
  readonly draw: () => number;
  /** The weights that are in force. */
  readonly splits: SplitWeights;
}

interface ChosenArm {
  readonly entry: ModelEntry;
  readonly choice: DividedChoice;
}

/**
 * Picks the arm of a split (RTE-4): by the session or the user of the call the same one for as long
 * as no weight moves them, else by chance.
 */
export function chooseArm(choice: SplitChoice, call: DividedCall): ChosenArm {
  const { split, sticky, salt } = choice;
  const { phase, arms } = call.splits.now(choice);
  const [by, key] = keyOf(call, sticky);
  const ofWeight = arms.reduce((sum, { weight }) => sum + weight, 0);
  const arm = key === null ? pickByDraw(arms, call.draw() / 2 ** 32) : pickByKey(arms, salt, key);
  const { name: alias, weight, entry } = arm ?? firstOf(arms);
  return { entry, choice: { kind: "split", alias, split, by, weight, ofWeight, phase } };
}

/** Whom it is for is named by two: where the one that counts is absent, the other does. */
function keyOf(
  { tenant, attribution: { session, user } }: DividedCall,
  sticky: Sticky,
): [by: DividedBy, key: string | null] {
  if (sticky === "none" || tenant === null) return ["chance", null];
  const ids = { session, user };
  const order = sticky === "user" ? (["user", "session"] as const) : (["session", "user"] as const);
  const by = order.find((each) => ids[each] !== null);
  return by === undefined ? ["chance", null] : [by, JSON.stringify([by, tenant, ids[by]])];
}

/** The configuration was checked: a split has arms, and weights. */
function firstOf(arms: readonly Arm[]): Arm {
  const [first] = arms;
  if (first === undefined) throw new Error("Cannot choose an arm: the split has none");
  return first;
}
