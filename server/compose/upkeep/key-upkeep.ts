import type { KeyStore } from "@sekisho/gateway/identity/key-store.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const lookMs = 60_000;

/** Keys whose use is written down at one look. */
const atOnce = 1_000;

export interface KeyUpkeepParts {
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, "uses" | "find">;
  readonly store: Pick<KeyStore, "used">;
  readonly writer: Pick<Writer, "enqueue">;
}

/** Writes down when keys were used last, behind the requests that use them. */
export class KeyUpkeep implements Disposable {
  readonly #parts: KeyUpkeepParts;
  #timer: Timer;

  constructor(parts: KeyUpkeepParts) {
    this.#parts = parts;
    this.#timer = this.#arm();
  }

  /** What was used since the last look is written down before the store is closed. */
  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#write();
  }

  #arm(): Timer {
    return this.#parts.clock.after(lookMs, () => {
      this.#write();
      this.#timer = this.#arm();
    });
  }

  #write(): void {
    const { clock, keyring, store, writer } = this.#parts;
    const used = keyring.uses.settle(atOnce, (id) => keyring.find(id) !== undefined);
    const atMs = clock.wallMs();
    if (used.length > 0) writer.enqueue(used.map((keyId) => store.used(keyId, atMs)));
  }
}
