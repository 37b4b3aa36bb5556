import type { RollbackPolicy } from "@sekisho/gateway/model-entry.ts";
import { bySplit } from "@sekisho/server/config/schema/split.ts";

const { rollback } = bySplit.parse({ split: { one: 1, other: 1 } });
if (rollback === null) throw new Error("Cannot measure the usual rollback: it is off");

/** That of a split of which nothing else is said. */
export const usualRollback: RollbackPolicy = rollback;
