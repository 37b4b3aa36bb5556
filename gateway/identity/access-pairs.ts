import { secretOf, type KeySecret } from "./access-pair.ts";
import type { KeyRecord } from "./key-record.ts";
import type { Pepper } from "./pepper.ts";

/** A pair that is good, whose it is, and until when (epoch ms, or Infinity). */
export interface OwnedPair {
  readonly keyId: string;
  readonly untilMs: number;
  readonly secretAccessKey: () => string;
}

/** Every pair of the keys that were not revoked, by its access key id. */
export class AccessPairs {
  readonly #pepper: Pepper;
  readonly #owned = new Map<string, OwnedPair>();

  constructor(pepper: Pepper) {
    this.#pepper = pepper;
  }

  find(accessKeyId: string): OwnedPair | undefined {
    return this.#owned.get(accessKeyId);
  }

  /** Takes a key as it is now in the place of what was known of it. */
  replace(before: KeyRecord | undefined, record: KeyRecord): void {
    for (const pair of [before?.secret.pair, before?.previous?.pair]) {
      if (pair) this.#owned.delete(pair.accessKeyId);
    }
    if (record.revokedMs !== null) return;
    const { id, secret, previous } = record;
    const untilMs = record.limits.expiresMs ?? Infinity;
    this.#add(id, secret, untilMs);
    if (previous !== null) this.#add(id, previous, Math.min(previous.untilMs, untilMs));
  }

  #add(keyId: string, { pair, pepper }: KeySecret, untilMs: number): void {
    if (pair === null) return;
    let known: string | null = null;
    // Derived when it is first asked for, which costs 4 us: the signing keys made of it stay too.
    const secretAccessKey = (): string => (known ??= secretOf(pair, this.#pepper, pepper));
    this.#owned.set(pair.accessKeyId, { keyId, untilMs, secretAccessKey });
  }
}
