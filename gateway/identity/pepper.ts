import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** A credential as it is stored (SEC-1): the version it was hashed with, and the 32 bytes. */
export interface HashedSecret {
  readonly hmac: Uint8Array;
  readonly pepper: number;
}

/**
 * The secret halves of every stored hash, by version. A stolen database without them proves
 * nothing; an old version stays until no key needs it.
 */
export class Pepper {
  /** The version that new hashes use. */
  readonly current: number;
  readonly #keys = new Map<number, KeyObject>();

  /** Throws when the current version is missing or a secret is shorter than 32 bytes. */
  constructor(current: number, secrets: ReadonlyMap<number, Uint8Array>) {
    for (const [version, secret] of secrets) {
      if (secret.byteLength < 32) {
        const found = `${secret.byteLength} bytes, at least 32 needed`;
        throw new Error(`Cannot use pepper ${version}: ${found}`);
      }
      this.#keys.set(version, createSecretKey(secret));
    }
    if (!this.#keys.has(current)) {
      throw new Error(`Cannot use pepper ${current}: there is ${this.#versions()}`);
    }
    this.current = current;
  }

  has(version: number): boolean {
    return this.#keys.has(version);
  }

  /** HMAC-SHA-256 of a raw key or of other bytes. Throws for a version that is not there. */
  hash(raw: string | Uint8Array, version: number = this.current): HashedSecret {
    const key = this.#keys.get(version);
    if (key === undefined) {
      throw new Error(`Cannot hash with pepper ${version}: there is ${this.#versions()}`);
    }
    return { hmac: createHmac("sha256", key).update(raw).digest(), pepper: version };
  }

  get versions(): readonly number[] {
    return [...this.#keys.keys()];
  }

  #versions(): string {
    return [...this.#keys.keys()].join(", ") || "none";
  }
}
