import type { CallRecord } from "../call-record.ts";

/** A bounded log of calls, the newest kept. Calls under way are in it too. */
export class Journal {
  readonly #ring: (CallRecord | undefined)[];
  #opened = 0;
  #running = new Set<CallRecord>();

  constructor(capacity: number) {
    this.#ring = Array.from({ length: capacity });
  }

  /** Calls received since the last clearing; the number of the newest one, counted from 1. */
  get opened(): number {
    return this.#opened;
  }

  get running(): number {
    return this.#running.size;
  }

  get capacity(): number {
    return this.#ring.length;
  }

  nextSeq(): number {
    return this.#opened + 1;
  }

  open(call: CallRecord): void {
    this.#ring[this.#opened % this.#ring.length] = call;
    this.#opened += 1;
    this.#running.add(call);
  }

  /** False when the call was opened before the last clearing: it is nobody's any more. */
  close(call: CallRecord): boolean {
    return this.#running.delete(call);
  }

  clear(): void {
    this.#ring.fill(undefined);
    this.#running = new Set();
    this.#opened = 0;
  }

  /** The calls that are still kept, the oldest first. */
  *calls(): Generator<CallRecord> {
    const kept = Math.min(this.#opened, this.#ring.length);
    for (let n = this.#opened - kept; n < this.#opened; n++) {
      const call = this.#ring[n % this.#ring.length];
      if (call !== undefined) yield call;
    }
  }
}
