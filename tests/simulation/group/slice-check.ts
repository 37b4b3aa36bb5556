import { measures } from "@sekisho/gateway/amounts.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import { idleOf } from "@sekisho/gateway/budget/slice-size.ts";
import { Violation } from "../base/violation.ts";

/** Nobody has more in its hands than it was granted. */
export function checkSlices(budgets: Pick<Budgets, "books">): void {
  for (const { account, slice, reserved } of budgets.books()) {
    if (slice === null) continue;
    const idle = idleOf(slice, reserved);
    if (measures.every((measure) => idle[measure] >= 0)) continue;
    throw new Violation("MON-9", `${account} has ${JSON.stringify(idle)} of its slice left`);
  }
}
