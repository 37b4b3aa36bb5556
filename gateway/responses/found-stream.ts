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
export const foundOf = (source: Source, steering: Steering): FoundStream =>
  new SteeredStream(source, steering);

/** Each repeated request has one of its own: as a literal with accessors it takes 1 us. */
class SteeredStream implements FoundStream {
  readonly head: StreamHead;
  readonly epoch: number;
  readonly log: EntryLog<CanonicalEvent>;
  readonly live: FoundStream["live"];
  readonly #source: Source;
  readonly #steering: Steering;

  constructor(source: Source, steering: Steering) {
    this.head = source.head;
    this.epoch = source.epoch;
    this.log = source.log;
    this.live = steering.live;
    this.#source = source;
    this.#steering = steering;
  }

  get end(): StreamEnd | null {
    return this.#source.end;
  }

  get served(): Served | null {
    return this.#source.served;
  }

  attach(): () => void {
    return this.#steering.attach();
  }

  cancel(): Promise<boolean> {
    return this.#steering.cancel();
  }
}
