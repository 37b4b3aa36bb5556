import type { Clock } from "@sekisho/lib/time/clock.ts";

/** When keys were used last, as of the last look: a request costs no look at the clock. */
export class KeyUses {
  readonly #clock: Clock;
  readonly #lastMs = new Map<string, number>();
  readonly #touched = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes what the store has from before. */
  load(uses: Iterable<readonly [keyId: string, atMs: number]>): void {
    for (const [keyId, atMs] of uses) this.#lastMs.set(keyId, atMs);
  }

  touch(keyId: string): void {
    this.#touched.add(keyId);
  }

  /** Epoch milliseconds; null for a key that nobody has used. */
  lastMs(keyId: string): number | null {
    return this.#touched.has(keyId) ? this.#clock.wallMs() : (this.#lastMs.get(keyId) ?? null);
  }

  /**
   * The keys that were used since the last look, `most` of them; the others are told next time.
   * What `isKey` does not know is forgotten: tokens of issuers name more people than that.
   */
  settle(most: number, isKey: (keyId: string) => boolean): readonly string[] {
    const nowMs = this.#clock.wallMs();
    const settled: string[] = [];
    for (const keyId of this.#touched) {
      if (settled.length >= most) break;
      this.#touched.delete(keyId);
      if (!isKey(keyId)) continue;
      this.#lastMs.set(keyId, nowMs);
      settled.push(keyId);
    }
    return settled;
  }
}
