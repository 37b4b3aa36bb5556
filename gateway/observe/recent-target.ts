import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { liveSlots, type LiveSlot } from "@sekisho/wire/admin/live.ts";

/** One ended call, as figures take it. */
export interface EndedCall {
  /** Null when the call ended well. */
  readonly code: string | null;
  readonly isError: boolean;
  readonly totalMs: number;
  /** Null when no content came. */
  readonly firstTokenMs: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: number;
}

const count = (counts: Map<string, number>, code: string): void => {
  counts.set(code, (counts.get(code) ?? 0) + 1);
};

/** A slot under way. */
class OpenSlot {
  readonly slot: number;
  #requests = 0;
  #errors = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #costNanoUsd = 0;
  readonly #codes = new Map<string, number>();
  readonly #failedAttempts = new Map<string, number>();
  readonly #totalUs = new Histogram();
  readonly #firstTokenUs = new Histogram();
  readonly #tokensPerSecond = new Histogram();

  constructor(slot: number) {
    this.slot = slot;
  }

  failed(code: string): void {
    count(this.#failedAttempts, code);
  }

  ended(call: EndedCall): void {
    const { totalMs, firstTokenMs, outputTokens } = call;
    this.#requests += 1;
    if (call.isError) this.#errors += 1;
    if (call.code !== null) count(this.#codes, call.code);
    this.#inputTokens += call.inputTokens;
    this.#outputTokens += outputTokens;
    this.#costNanoUsd += call.costNanoUsd;
    this.#totalUs.record(Math.round(totalMs * 1_000));
    if (firstTokenMs === null) return;
    this.#firstTokenUs.record(Math.round(firstTokenMs * 1_000));
    // A whole answer has its last token with its first: it has no pace.
    const paceMs = totalMs - firstTokenMs;
    if (outputTokens > 1 && paceMs >= 1) {
      this.#tokensPerSecond.record(((outputTokens - 1) * 1_000) / paceMs);
    }
  }

  view(target: string): LiveSlot {
    return {
      target,
      slot: this.slot,
      requests: this.#requests,
      errors: this.#errors,
      codes: Object.fromEntries(this.#codes),
      failedAttempts: Object.fromEntries(this.#failedAttempts),
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      costNanoUsd: this.#costNanoUsd,
      totalUs: base64(this.#totalUs),
      firstTokenUs: base64(this.#firstTokenUs),
      tokensPerSecond: base64(this.#tokensPerSecond),
    };
  }
}

const base64 = (histogram: Histogram): string =>
  Buffer.from(histogram.toBytes()).toString("base64");

/**
 * The recent past of one target, slot by slot. What is over is kept in its written form, some
 * hundred bytes a slot; a slot ends when the next one is begun, without a timer.
 */
export class RecentTarget {
  readonly #id: string;
  readonly #closed: LiveSlot[] = [];
  #open: OpenSlot | null = null;
  /** The last slot that something happened in. */
  touched = -Infinity;

  constructor(id: string) {
    this.#id = id;
  }

  ended(slot: number, call: EndedCall): void {
    this.#at(slot).ended(call);
  }

  failed(slot: number, code: string): void {
    this.#at(slot).failed(code);
  }

  /** Its slots from this one on, oldest first. */
  *since(slot: number): Generator<LiveSlot> {
    for (const each of this.#closed) if (each.slot >= slot) yield each;
    if (this.#open !== null && this.#open.slot >= slot) yield this.#open.view(this.#id);
  }

  /** What comes late for a slot that is over counts in the one under way. */
  #at(slot: number): OpenSlot {
    const open = this.#open;
    if (open !== null && slot <= open.slot) return open;
    if (open !== null) {
      this.#closed.push(open.view(this.#id));
      const oldest = slot - liveSlots;
      while ((this.#closed[0]?.slot ?? Infinity) <= oldest) this.#closed.shift();
    }
    this.touched = slot;
    this.#open = new OpenSlot(slot);
    return this.#open;
  }
}
