import { SqliteFeedbackStore } from "@sekisho/gateway/feedback/store/sqlite.ts";
import type { FeedbackParts } from "@sekisho/gateway/feedback/take-feedback.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Storage } from "./storage.ts";

/** Feedback in the database file. */
export const feedbackOf = (
  { reader, writer }: Pick<Storage, "reader" | "writer">,
  clock: Clock,
): FeedbackParts => ({ clock, store: new SqliteFeedbackStore(reader), writer });
