import type { Completion } from "@sekisho/gateway/answer.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** A call as the program that made it reads it. */
export interface LibraryCall extends Disposable {
  readonly requestId: string;
  /** Of the call whose answer this is; null: its own. */
  readonly firstRequestId: string | null;
  /** The next event of the answer; null behind its last. Throws SekishoError. */
  next(): Promise<CanonicalEvent | null>;
  /** What the answer came to. Only once `next` has said that nothing follows. */
  completion(): Completion;
}
