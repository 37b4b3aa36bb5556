import type { Clock } from "@sekisho/lib/time/clock.ts";

export interface SummaryLimits {
  readonly entries: number;
  /** Of all texts together. */
  readonly chars: number;
  /** A summary that nobody has asked for so long is forgotten. */
  readonly keepMs: number;
  /** So long nobody tries again what has failed. */
  readonly failedMs: number;
}

export const defaultSummaryLimits: SummaryLimits = {
  entries: 10_000,
  chars: 16 * 1_048_576,
  keepMs: 3_600_000,
  failedMs: 60_000,
};

interface Entry {
  /** Null: none could be made. */
  readonly text: string | null;
  readonly untilMs: number;
}

/** Told of each summary that this process has made. */
export type TellSummary = (name: string, text: string) => void;

/**
 * Summaries of the beginnings of conversations, in the memory of this process: the same beginning
 * is paid for once, also by calls that come at once. Of too many the ones go that nobody has asked
 * for the longest. What other processes have made counts as made here.
 */
export class Summaries {
  readonly #clock: Clock;
  readonly #limits: SummaryLimits;
  readonly #tell: TellSummary;
  /** In the order in which they were last asked for. */
  readonly #entries = new Map<string, Entry>();
  readonly #making = new Map<string, Promise<string | null>>();
  #chars = 0;

  constructor(
    clock: Clock,
    limits: SummaryLimits = defaultSummaryLimits,
    tell: TellSummary = () => {},
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#tell = tell;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined where nothing is known, null where none could be made a moment ago. */
  get(name: string): string | null | undefined {
    const entry = this.peek(name);
    if (entry !== undefined && entry.text !== null) this.#keep(name, entry.text);
    return entry?.text;
  }

  /** As `make` says; while that is under way, others of the name wait for the same. */
  make(name: string, make: () => Promise<string | null>): Promise<string | null> {
    const running = this.#making.get(name);
    if (running !== undefined) return running;
    const made = make()
      .then((text) => {
        this.#keep(name, text);
        if (text !== null) this.#tell(name, text);
        return text;
      })
      .finally(() => this.#making.delete(name));
    this.#making.set(name, made);
    return made;
  }

  /** Another process has made it. */
  take(name: string, text: string): void {
    this.#keep(name, text);
  }

  /** As `get`, for those who only look. */
  peek(name: string): Entry | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.untilMs > this.#clock.monotonicMs()) return entry;
    this.#forget(name, entry);
    return undefined;
  }

  #keep(name: string, text: string | null): void {
    const { keepMs, failedMs, entries, chars } = this.#limits;
    const known = this.#entries.get(name);
    if (known !== undefined) this.#forget(name, known);
    const untilMs = this.#clock.monotonicMs() + (text === null ? failedMs : keepMs);
    this.#entries.set(name, { text, untilMs });
    this.#chars += text?.length ?? 0;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= entries && this.#chars <= chars) break;
      this.#forget(oldest, entry);
    }
  }

  #forget(name: string, { text }: Entry): void {
    this.#entries.delete(name);
    this.#chars -= text?.length ?? 0;
  }
}
