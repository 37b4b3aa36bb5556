import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Choice } from "@sekisho/gateway/choice.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** A call as the program that made it reads it. */
export interface LibraryCall extends Disposable {
  readonly requestId: string;
  /** Of the call whose answer this is; null: its own. */
  readonly firstRequestId: string | null;
  /** What was picked for it where its model's name left a choice (RTE-4, RTE-5). */
  readonly choice: Choice | null;
  /** The next event of the answer; null behind its last. Throws SekishoError. */
  next(): Promise<CanonicalEvent | null>;
  /** What the answer came to. Only once `next` has said that nothing follows. */
  completion(): Completion;
}
