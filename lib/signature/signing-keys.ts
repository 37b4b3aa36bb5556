import { HmacKey } from "./hmac-key.ts";
import { deriveSigningKey, type Scope } from "./sigv4.ts";

/** Keys of the current day for so many pairs of secret and region; beyond, the oldest goes. */
const mostKeys = 4096;

/**
 * Signing keys, each derived once: four HMACs that do not change for a day. Holds secrets, so it
 * belongs to whoever may know them.
 */
export class SigningKeys {
  readonly #keys = new Map<string, HmacKey>();
  readonly #most: number;

  constructor(most: number = mostKeys) {
    this.#most = most;
  }

  get size(): number {
    return this.#keys.size;
  }

  keyFor(secretAccessKey: string, scope: Scope): HmacKey {
    // A line end stands in no secret, date, region or service that was read from a header.
    const name = `${scope.date}\n${scope.region}\n${scope.service}\n${secretAccessKey}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = new HmacKey(deriveSigningKey(secretAccessKey, scope));
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size < this.#most) break;
      this.#keys.delete(oldest);
    }
    this.#keys.set(name, key);
    return key;
  }
}
