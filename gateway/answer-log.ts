import type { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** Where an attempt puts its answer: the log that readers follow, or what stands before it. */
export type AnswerLog = Pick<
  EventLog<CanonicalEvent>,
  "appendBytes" | "appendEvent" | "publish" | "producedBy"
>;
