import { EntryReader, type EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import { FlushPace } from "@sekisho/lib/event-log/flush-pace.ts";
import { defaultRecordedLogLimits } from "@sekisho/lib/event-log/recorded-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { foundOf, type FoundStream } from "./found-stream.ts";
import { LiveStream, openStream } from "./live-stream.ts";
import type { Response } from "./response.ts";
import { StoredLog } from "./stored-log.ts";
import { noGroup, type StreamGroup } from "./stream-group.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type {
  StoredStream,
  StreamEntry,
  StreamHead,
  StreamOwners,
  StreamStore,
} from "./stream-store.ts";

export interface StreamLimits {
  /** How long a response runs on without a reader, where its key says nothing of it (STR-6). */
  readonly graceMs: number;
  /** How long it can be read again after its end (STR-5). */
  readonly keepMs: number;
  /** What one of them may have in the store (STR-8). */
  readonly keptBytes: number;
}

export interface StreamsParts {
  readonly store: StreamStore;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly limits: StreamLimits;
  /** Other processes on the same streams; absent: there are none. */
  readonly group?: StreamGroup;
  /** Is there no room for another one? Default: there always is. */
  readonly isFull?: () => boolean;
  /** Somebody must learn of a stream that nobody can come back to. */
  readonly lost: (id: string, why: unknown) => void;
}

/** What is dropped to make room is looked for each second. */
const retryAfterMs = 5_000;

/** Responses that can be read again: those under way here, and those that the store has. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #pace: FlushPace;
  readonly #live = new Map<string, LiveStream>();
  /** Of which not everything is kept: who reads them reads on, and nobody else comes. */
  readonly #broken = new Set<string>();
  /** Of calls that have no response yet. */
  readonly #prepared = new Map<string, Promise<void>>();

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#pace = new FlushPace(parts.clock, () => this.#live.size);
  }

  /** Those under way. */
  get running(): number {
    return this.#live.size;
  }

  /** No answer can be kept now, as all that are kept have what they may have on the disk. */
  get isFull(): boolean {
    return this.#parts.isFull?.() ?? false;
  }

  /** Before a call whose answer is to be kept costs anything. Throws Failure `overloaded`. */
  checkRoom(): void {
    if (!this.isFull) return;
    const why = "those that are kept fill streams.maxDiskBytes, and none can be dropped";
    throw new Failure<Code>("overloaded", `Cannot keep another answer: ${why}`, { retryAfterMs });
  }

  /**
   * Makes room for the response of a call: whoever looks for it after a crash knows that there was
   * one. Rejects with Failure.
   */
  async prepare(head: StreamHead): Promise<void> {
    this.checkRoom();
    const opened = openStream(head, this.#parts);
    this.#prepared.set(head.id, opened);
    opened.catch(() => this.#prepared.delete(head.id));
    return opened;
  }

  /** The call has come to nothing: there will be no response. */
  discard(id: string): void {
    if (!this.#prepared.delete(id)) return;
    this.#parts.store.remove(id).catch((error: unknown) => this.#parts.lost(id, error));
  }

  /**
   * Records a response from now on. Its log must not have been read yet. `ownGraceMs` stands in the
   * place of the usual grace. Nobody waits for what is made in the background: it runs to its end
   * though nobody reads.
   */
  record(response: Response, head: StreamHead, ownGraceMs: number | null = null): LiveStream {
    const { store, wheel, limits } = this.#parts;
    const opened = this.#prepared.get(head.id);
    this.#prepared.delete(head.id);
    const stream = new LiveStream(response, head, {
      store,
      opened,
      wheel,
      graceMs: this.#graceOf(head, ownGraceMs),
      pace: this.#pace,
      limits: { ...defaultRecordedLogLimits, keptBytes: limits.keptBytes },
      lost: ({ head: { id } }, why) => this.#lost(id, why),
      unneeded: ({ head: { id } }) => this.#drop(id),
      over: ({ head: { id } }) => this.#live.delete(id),
    });
    if (!stream.log.ended) this.#live.set(head.id, stream);
    return stream;
  }

  /**
   * The response of that id, if it is this key's (STR-5). Throws Failure `not_found`, the same for
   * an id that nobody has and for one of somebody else, or `stream_expired`.
   */
  find(id: string, keyId: string): FoundStream {
    const live = this.#live.get(id);
    if (live?.head.keyId === keyId) return live.found;
    const stored = live === undefined ? this.#parts.store.find(id) : null;
    if (stored?.head.keyId !== keyId) throw unknownStream(id);
    if (this.#isExpired(stored) || this.#broken.has(id)) {
      throw new Failure<Code>("stream_expired", codes.stream_expired.meaning);
    }
    return this.#foundIn(stored);
  }

  /** As `find`, whoever asks and however long it is over; null where nothing is kept of it. */
  recall(id: string): FoundStream | null {
    const live = this.#live.get(id);
    if (live !== undefined) return live.found;
    const stored = this.#broken.has(id) ? null : this.#parts.store.find(id);
    return stored === null ? null : this.#foundIn(stored);
  }

  /** A reader in another process holds it as one here does; null where it is not made here. */
  attach(id: string): (() => void) | null {
    const live = this.#live.get(id);
    if (live === undefined) return null;
    const leave = live.attach();
    return () => {
      live.log.leftElsewhere();
      leave();
    };
  }

  /** Ends it; null where it is not made here, false where it was over before. */
  cancel(id: string): boolean | null {
    return this.#live.get(id)?.cancel() ?? null;
  }

  /** Ends all that are made here, whoever reads them or is to come back to them. */
  cancelAll(cause: Code): void {
    for (const live of this.#live.values()) live.cancel(cause);
  }

  /** Takes it away for good; one that is under way is cancelled first. Throws as `find`. */
  async remove(id: string, keyId: string): Promise<void> {
    this.find(id, keyId);
    await this.take(id);
  }

  /** As `remove`, whoever asks. Rejects with Failure `conflict` where nobody can take it away. */
  async take(id: string): Promise<void> {
    const live = this.#live.get(id);
    live?.cancel();
    if (live !== undefined) await endOf(live.log);
    await this.#parts.store.remove(id);
  }

  /**
   * Takes away everything that was answered to these owners, in all processes (SEC-16); what is
   * under way is cancelled first. Gives its ids. Rejects with Failure where that must be tried
   * again.
   */
  async erase(owners: StreamOwners): Promise<readonly string[]> {
    const { group = noGroup } = this.#parts;
    return [...(await this.eraseOwn(owners)), ...(await group.erase(owners))];
  }

  /** The same, of what this process has made. */
  async eraseOwn(owners: StreamOwners): Promise<readonly string[]> {
    const { store } = this.#parts;
    const ids = store.idsOf(owners);
    for (const id of ids) await this.take(id);
    await store.scrub(ids);
    return ids;
  }

  #foundIn(stored: StoredStream): FoundStream {
    const { store, clock, group = noGroup } = this.#parts;
    const { id } = stored.head;
    const log = new StoredLog(stored, store, clock);
    return foundOf(log, {
      live: null,
      attach: () => (log.ended ? () => {} : group.reading(id)),
      async cancel() {
        if (log.ended) return false;
        const isCancelled = await group.cancel(id);
        // It may have ended since it was looked for.
        if (isCancelled !== null) return isCancelled;
        if (store.find(id)?.endedMs !== null) return false;
        const why = "the process that makes it does not answer";
        throw new Failure<Code>("conflict", `Cannot cancel the response "${id}": ${why}`);
      },
    });
  }

  #graceOf({ facts }: StreamHead, ownMs: number | null): number {
    if (facts.kept?.isBackground === true) return Infinity;
    return ownMs ?? this.#parts.limits.graceMs;
  }

  #isExpired({ endedMs, head }: StoredStream): boolean {
    if (endedMs === null || head.facts.isStored) return false;
    return endedMs + this.#parts.limits.keepMs < this.#parts.clock.wallMs();
  }

  #lost(id: string, why: unknown): void {
    this.#broken.add(id);
    this.#parts.lost(id, why);
  }

  #drop(id: string): void {
    this.#parts.store
      .remove(id)
      .catch((error: unknown) => this.#parts.lost(id, error))
      .finally(() => this.#broken.delete(id));
  }
}

/** Throws Failure `stream_expired` where not everything of it is kept: nobody comes back to it. */
export function checkKept({ live }: FoundStream): void {
  if (live?.log.isKept !== false) return;
  const why = "it has grown beyond what is kept of one, or could not be written";
  throw new Failure<Code>("stream_expired", `Cannot read the response again: ${why}`);
}

/** Resolves when everything that it will ever say can be read. */
export function endOf(log: EntryLog<CanonicalEvent>): Promise<void> {
  if (log.ended) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const unwatch = log.watch({ published: () => log.ended && resolve(), seq: Infinity });
  return promise.finally(unwatch);
}

/** Everything that can be read of it now; null where its beginning is kept no more. */
export function entriesOf(log: EntryLog<CanonicalEvent>): readonly StreamEntry[] | null {
  const reader = new EntryReader(log, { published() {} }, 0);
  const entries: StreamEntry[] = [];
  for (let entry = reader.take(); entry !== undefined; entry = reader.take()) entries.push(entry);
  reader.close();
  return reader.isLost ? null : entries;
}

export const unknownStream = (id: string): Failure<Code> =>
  new Failure<Code>("not_found", `Cannot find the response "${id.slice(0, 64)}"`);
