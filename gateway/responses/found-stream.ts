import type { EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Served } from "../answer.ts";
import type { StreamEnd, StreamHead } from "./stream-store.ts";

/** What its readers may do to a response, whichever process makes it. */
export interface Steering {
  /** Null where this process does not make it; `isKept` false once entries may be missing. */
  readonly live: { readonly log: { readonly isKept: boolean } } | null;
  /** Somebody reads; the returned function is called once they do no more. */
  attach(): () => void;
  /**
   * Ends it with what was said so far; false where it was over before. Rejects with Failure
   * `conflict` where the process that makes it cannot be told.
   */
  cancel(): Promise<boolean>;
}

/** A response that can be read from any place, running or over. */
export interface FoundStream extends Steering {
  readonly head: StreamHead;
  readonly epoch: number;
  readonly log: EntryLog<CanonicalEvent>;
  /** How it ended; null while it has not. */
  readonly end: StreamEnd | null;
  /** Who serves it; null while nobody here knows. */
  readonly served: Served | null;
}

interface Source {
  readonly head: StreamHead;
  readonly epoch: number;
  readonly log: EntryLog<CanonicalEvent>;
  readonly end: StreamEnd | null;
  readonly served: Served | null;
}

/** `end` and `served` are those of the source, whenever they are asked for. */
export const foundOf = (source: Source, steering: Steering): FoundStream => ({
  head: source.head,
  epoch: source.epoch,
  log: source.log,
  live: steering.live,
  attach: () => steering.attach(),
  cancel: () => steering.cancel(),
  get end() {
    return source.end;
  },
  get served() {
    return source.served;
  },
});
