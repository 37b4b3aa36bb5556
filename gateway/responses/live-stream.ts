import type { FlushPace } from "@sekisho/lib/event-log/flush-pace.ts";
import {
  RecordedLog,
  type EntryStore,
  type RecordedLogLimits,
} from "@sekisho/lib/event-log/recorded-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Served } from "../answer.ts";
import { foundOf, type FoundStream } from "./found-stream.ts";
import type { Response, ResponseState, ResponseWatcher } from "./response.ts";
import type { StreamEnd, StreamEntry, StreamHead, StreamStore } from "./stream-store.ts";

type KeptLimit = Pick<RecordedLogLimits, "keptBytes">;

export interface LiveStreamParts {
  readonly store: StreamStore;
  readonly pace: FlushPace;
  readonly wheel: TimerWheel;
  readonly limits: RecordedLogLimits;
  /** Where the store was asked before there was a response. */
  readonly opened?: Promise<void> | undefined;
  /** How long it runs on without a reader; Infinity for answers that nobody has to wait for. */
  readonly graceMs: number;
  /** From here on nobody can come back to it. */
  readonly lost: (stream: LiveStream, why: unknown) => void;
  /** After `lost`: nobody reads any more what is kept of it. */
  readonly unneeded: (stream: LiveStream) => void;
  readonly over: (stream: LiveStream) => void;
}

/**
 * A response under way that outlives its readers: what it says is recorded, and the upstream call
 * goes on for a while when the last of them has left (STR-6).
 */
export class LiveStream implements EntryStore<CanonicalEvent>, ResponseWatcher, DeadlineOwner {
  readonly head: StreamHead;
  readonly epoch = 0;
  readonly log: RecordedLog<CanonicalEvent>;
  /** As those see it who look for it by its id. */
  readonly found: FoundStream;
  readonly #response: Response;
  readonly #parts: LiveStreamParts;
  readonly #opened: Promise<void>;
  readonly #grace: Deadline = new Deadline(this);
  #readers = 0;
  #end: StreamEnd | null = null;
  #served: Served | null = null;

  constructor(response: Response, head: StreamHead, parts: LiveStreamParts) {
    this.head = head;
    this.#response = response;
    this.#parts = parts;
    this.#opened = parts.opened ?? openStream(head, parts);
    // Told by the first flush, which waits for it.
    this.#opened.catch(() => {});
    response.watch(this);
    this.stateChanged(response.state);
    this.log = new RecordedLog(response.log, {
      store: this,
      pace: parts.pace,
      limits: parts.limits,
      lost: (why) => parts.lost(this, why),
      unneeded: () => parts.unneeded(this),
      over: () => this.#over(),
      isRead: () => this.#readers > 0 || head.facts.isStored,
    });
    this.found = foundOf(this, {
      live: this,
      attach: () => this.attach(),
      cancel: () => Promise.resolve(this.cancel()),
    });
    this.log.published();
  }

  /** How it ended; null while it has not. Known before the last entry can be read. */
  get end(): StreamEnd | null {
    return this.#end;
  }

  /** Resolves when it would be found after a crash; rejects with Failure. */
  get kept(): Promise<void> {
    return this.#opened;
  }

  /** Somebody reads, or is about to; the returned function is called once they do no more. */
  attach(): () => void {
    this.#readers += 1;
    this.#parts.wheel.cancel(this.#grace);
    let isAttached = true;
    return () => {
      if (!isAttached) return;
      isAttached = false;
      this.#readers -= 1;
      if (this.#readers > 0 || this.#response.isOver) return;
      this.#parts.wheel.arm(this.#grace, this.#parts.graceMs);
    };
  }

  /** Ends it with what was said so far; false where it was over before. */
  cancel(cause: Code = "cancelled"): boolean {
    if (this.#response.isOver) return false;
    this.#response.cancel(cause);
    return true;
  }

  deadlinePassed(): void {
    this.#response.cancel("client_closed");
  }

  /** Who serves it, once it is known. */
  get served(): Served | null {
    return this.#served;
  }

  stateChanged(state: ResponseState): void {
    if (state.kind === "committed") this.#served = state.served;
    this.#end = endOf(state);
    this.#served ??= this.#end?.head?.served ?? null;
  }

  async append(entries: readonly StreamEntry[], isLast: boolean): Promise<void> {
    await this.#opened;
    await this.#parts.store.append(this.head.id, entries, isLast ? this.#end : null);
  }

  read(seq: number): readonly StreamEntry[] {
    return this.#parts.store.read(this.head.id, seq);
  }

  #over(): void {
    this.#parts.wheel.cancel(this.#grace);
    this.#parts.over(this);
  }
}

/**
 * Makes room for a response. What it was asked with counts as well: a request may have pictures in
 * it. Rejects with Failure.
 */
export function openStream(
  head: StreamHead,
  { store, limits }: Pick<LiveStreamParts, "store"> & { readonly limits: KeptLimit },
): Promise<void> {
  const { input = [] } = head.facts.kept ?? {};
  const length = JSON.stringify(input).length + head.facts.repeatedMembers.length;
  if (length <= limits.keptBytes) return store.open(head);
  const why = `its request has ${length} characters, limit ${limits.keptBytes}`;
  return Promise.reject(new Failure<Code>("payload_too_large", `Cannot keep the response: ${why}`));
}

function endOf(state: ResponseState): StreamEnd | null {
  switch (state.kind) {
    case "pending":
    case "committed":
      return null;
    case "complete": {
      const { costNanoUsd, usage, served, timing, headers } = state.completion;
      const { region } = served.target;
      const head = { served: bare(served), headers, details: {} };
      return { code: null, costNanoUsd, usage, region, ...timing, head };
    }
    case "failed":
      return {
        code: state.failure.code,
        costNanoUsd: null,
        usage: null,
        region: state.served?.target.region ?? "",
        firstTokenMs: 0,
        latencyMs: 0,
        head: {
          served: state.served === null ? null : bare(state.served),
          headers: [],
          details: state.failure.details,
        },
      };
  }
}

/** No more of the target than answers tell. */
const bare = ({ target, ...rest }: Served): Served => {
  const { provider, region, upstreamModel } = target;
  return { target: { provider, region, upstreamModel }, ...rest };
};
