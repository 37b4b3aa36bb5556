import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { CircuitChange } from "@sekisho/wire/admin/circuits.ts";
import {
  liveEveryMs,
  type LiveAlert,
  type LiveFrame,
  type LiveToday,
} from "@sekisho/wire/admin/live.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Gathered, LivePart } from "./live-part.ts";
import { LiveReader } from "./live-reader.ts";
import { mergedCircuits, type GroupCircuits } from "./merged-circuits.ts";
import { mergedFrames } from "./merged-frames.ts";

/** Where frames are made from. Nothing here is asked while nobody watches. */
export interface LiveSources {
  readonly clock: Clock;
  /**
   * What each process says: everything when `since` is null, else what may have changed since that
   * second. Calls back once, at once where there is one process.
   */
  readonly gather: (since: number | null, take: (found: Gathered<LivePart>) => void) => void;
  readonly today: () => LiveToday;
  /** The latest of all processes, the oldest of them first. */
  readonly alerts: () => readonly LiveAlert[];
}

/** Open pages at once; each costs some kilobytes a second. */
const readerLimit = 64;

/** The ledger is asked less often than the counters. */
const todayEveryMs = 5_000;

/** What the frames before have said. */
interface Told {
  /** Before this second every process has told everything. */
  readonly second: number;
  readonly circuits: string;
  /** In the words of the frame. */
  readonly changes: ReadonlySet<string>;
  /** By their ids. */
  readonly alerts: ReadonlySet<string>;
}

/** What all processes together say. */
interface Group extends GroupCircuits {
  readonly alerts: readonly LiveAlert[];
  readonly recent: ReturnType<typeof mergedFrames>;
  readonly running: number;
  readonly isWhole: boolean;
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
  #isGathering = false;

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
    this.#gather(null, (group) => {
      if (!this.#readers.has(reader)) return;
      reader.begin(this.#snapshot(group));
      if (this.#timer === null && !this.#isGathering) this.#begin(group);
    });
  }

  /** Ends every view: they would keep a stopping process alive. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) this.#end(reader);
  }

  #begin(group: Group): void {
    this.#told = null;
    this.#told = this.#tell(group);
    this.#tickLater();
  }

  #tickLater(): void {
    this.#timer = this.#sources.clock.after(liveEveryMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = null;
    for (const reader of this.#readers) if (!reader.isWelcome) this.#end(reader);
    if (this.#readers.size === 0) return;
    const isWhole = [...this.#readers].some((reader) => reader.isLate);
    this.#isGathering = true;
    this.#gather(isWhole ? null : (this.#told?.second ?? null), (group) => {
      this.#isGathering = false;
      const delta = this.#delta(group);
      const snapshot = isWhole ? this.#snapshot(group) : null;
      for (const reader of this.#readers) reader.send(delta, snapshot);
      if (this.#readers.size > 0) this.#tickLater();
    });
  }

  #gather(since: number | null, take: (group: Group) => void): void {
    this.#sources.gather(since, ({ parts, isWhole }) => {
      const [own, ...others] = parts;
      take({
        ...mergedCircuits(parts),
        alerts: this.#sources.alerts(),
        recent: mergedFrames([own.recent, ...others.map(({ recent }) => recent)]),
        running: parts.reduce((sum, { running }) => sum + running, 0),
        isWhole,
      });
    });
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

  #snapshot({ recent, circuits, changes, alerts, running }: Group): string {
    const frame: LiveFrame = {
      ...recent,
      wallMs: this.#sources.clock.wallMs(),
      circuits,
      changes,
      alerts,
      today: this.#todayNow().figures,
      running,
    };
    return `event: snapshot\ndata: ${JSON.stringify(frame)}\n\n`;
  }

  #delta(group: Group): string {
    const { clock } = this.#sources;
    const before = this.#told;
    const told = this.#tell(group);
    this.#told = told;
    const isNews = this.#today === null || clock.monotonicMs() - this.#today.atMs >= todayEveryMs;
    const frame: LiveFrame = {
      ...group.recent,
      wallMs: clock.wallMs(),
      circuits: told.circuits === before?.circuits ? null : group.circuits,
      changes: newChanges(group.changes, before?.changes),
      alerts: group.alerts.filter(({ id }) => before?.alerts.has(id) !== true),
      today: isNews ? this.#todayNow().figures : null,
      running: group.running,
    };
    return `event: delta\ndata: ${JSON.stringify(frame)}\n\n`;
  }

  #tell({ recent, circuits, changes, alerts, isWhole }: Group): Told {
    return {
      // What a process that did not answer has counted meanwhile is asked for again.
      second: isWhole ? recent.second : (this.#told?.second ?? -Infinity),
      circuits: JSON.stringify(circuits),
      changes: new Set(changes.map((change) => JSON.stringify(change))),
      alerts: new Set(alerts.map(({ id }) => id)),
    };
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

const newChanges = (
  changes: readonly CircuitChange[],
  told: ReadonlySet<string> | undefined,
): readonly CircuitChange[] =>
  told === undefined ? changes : changes.filter((each) => !told.has(JSON.stringify(each)));
