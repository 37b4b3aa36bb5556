import type { EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Served } from "../answer.ts";
import type { StreamEnd, StreamHead } from "./stream-store.ts";

/** A response that this process makes, as far as others may steer it. */
export interface Steered {
  /** False once entries may be missing for who comes back. */
  readonly log: { readonly isKept: boolean };
  /** Somebody reads; the returned function is called once they do no more. */
  attach(): () => void;
  /** False where it was over before. */
  cancel(): boolean;
}

/** A response that can be read from any place, running or over. */
export interface FoundStream {
  readonly head: StreamHead;
  readonly epoch: number;
  readonly log: EntryLog<CanonicalEvent>;
  /** Null where this process does not make it. */
  readonly live: Steered | null;
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
export const foundOf = (source: Source, live: Steered | null): FoundStream => ({
  head: source.head,
  epoch: source.epoch,
  log: source.log,
  live,
  get end() {
    return source.end;
  },
  get served() {
    return source.served;
  },
});
