import type { RecentCalls } from "@sekisho/gateway/observe/recent-calls.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { CircuitChange, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { liveEveryMs, type LiveFrame, type LiveToday } from "@sekisho/wire/admin/live.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { LiveReader } from "./live-reader.ts";

/** Where frames are made from. Nothing here is asked while nobody watches. */
export interface LiveSources {
  readonly clock: Clock;
  readonly recent: RecentCalls;
  readonly circuits: () => readonly CircuitView[];
  /** Those that are remembered, oldest first; `atMs` is epoch milliseconds. */
  readonly changes: () => readonly CircuitChange[];
  readonly today: () => LiveToday;
  readonly running: () => number;
}

/** Open pages at once; each costs some kilobytes a second. */
const readerLimit = 64;

/** The ledger is asked less often than the counters. */
const todayEveryMs = 5_000;

/** What the frames before have said of slow things. */
interface Told {
  readonly atMs: number;
  readonly circuits: string;
  readonly change: CircuitChange | undefined;
}

/**
 * What every open console reads. One frame a second is made and written once for all readers, and
 * only while there are some. A reader that does not keep up gets no frames until it has taken what
 * it was sent, and then a whole one.
 */
export class LiveFeed {
  readonly #sources: LiveSources;
  readonly #readers = new Set<LiveReader>();
  #timer: Timer | null = null;
  #told: Told | null = null;
  #today: { readonly atMs: number; readonly figures: LiveToday } | null = null;
  #isClosed = false;

  constructor(sources: LiveSources) {
    this.#sources = sources;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /**
   * Answers with frames until the client leaves or `isGood` says no. Throws Failure `overloaded`.
   */
  watch(exchange: Exchange, isGood: () => boolean): void {
    if (this.#isClosed || this.#readers.size >= readerLimit) {
      const why = this.#isClosed ? "the gateway stops" : `${readerLimit} are open, the limit`;
      throw new Failure<Code>("overloaded", `Cannot open a live view: ${why}`, {
        retryAfterMs: liveEveryMs,
      });
    }
    // Nobody would tell of its end any more.
    if (exchange.isClosed) return;
    const reader = new LiveReader(exchange, isGood);
    exchange.observe({
      drained: () => reader.drained(),
      closed: () => this.#left(reader),
    });
    this.#readers.add(reader);
    reader.begin(this.#snapshot());
    if (this.#timer === null) this.#begin();
  }

  /** Ends every view: they would keep a stopping process alive. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) this.#end(reader);
  }

  #begin(): void {
    this.#told = this.#tell(this.#sources.circuits());
    this.#timer = this.#sources.clock.after(liveEveryMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = null;
    for (const reader of this.#readers) if (!reader.isWelcome) this.#end(reader);
    if (this.#readers.size === 0) return;
    const delta = `event: delta\ndata: ${JSON.stringify(this.#delta())}\n\n`;
    for (const reader of this.#readers) reader.send(delta, () => this.#snapshot());
    this.#timer = this.#sources.clock.after(liveEveryMs, () => this.#tick());
  }

  #left(reader: LiveReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #end(reader: LiveReader): void {
    this.#left(reader);
    reader.end();
  }

  #snapshot(): string {
    const { clock, recent, circuits, changes, running } = this.#sources;
    const frame: LiveFrame = {
      ...recent.frame(null),
      wallMs: clock.wallMs(),
      circuits: circuits(),
      changes: changes(),
      today: this.#todayNow().figures,
      running: running(),
    };
    return `event: snapshot\ndata: ${JSON.stringify(frame)}\n\n`;
  }

  #delta(): LiveFrame {
    const { clock, recent, running } = this.#sources;
    const circuits = this.#sources.circuits();
    const before = this.#told;
    const told = this.#tell(circuits);
    this.#told = told;
    const isNews = this.#today === null || clock.monotonicMs() - this.#today.atMs >= todayEveryMs;
    return {
      ...recent.frame(before?.atMs ?? null),
      wallMs: clock.wallMs(),
      circuits: told.circuits === before?.circuits ? null : circuits,
      changes: this.#changesAfter(before?.change),
      today: isNews ? this.#todayNow().figures : null,
      running: running(),
    };
  }

  #tell(circuits: readonly CircuitView[]): Told {
    const { clock, changes } = this.#sources;
    const atMs = clock.monotonicMs();
    return { atMs, circuits: JSON.stringify(circuits), change: changes().at(-1) };
  }

  #changesAfter(last: CircuitChange | undefined): readonly CircuitChange[] {
    const changes = this.#sources.changes();
    return last === undefined ? changes : changes.slice(changes.lastIndexOf(last) + 1);
  }

  #todayNow(): { readonly atMs: number; readonly figures: LiveToday } {
    const { clock, today } = this.#sources;
    const atMs = clock.monotonicMs();
    if (this.#today === null || atMs - this.#today.atMs >= todayEveryMs) {
      this.#today = { atMs, figures: today() };
    }
    return this.#today;
  }
}
