import type { SplitEvent } from "@sekisho/wire/admin/splits.ts";
import type { AuditEntry } from "./audit-entry.ts";

/** What was done to which split; `arm`: null where it was done to all of them. */
export interface SplitDeed {
  readonly split: string;
  readonly event: SplitEvent;
  readonly arm: string | null;
}

/** The audit entry of a change of a split. */
export const splitEntry = (
  { split, event, arm }: SplitDeed,
  { by, requestId }: Pick<AuditEntry, "by" | "requestId">,
): AuditEntry => ({
  event: `admin.split.${event}`,
  object: arm === null ? split : `${split}/${arm}`,
  by,
  requestId,
});
