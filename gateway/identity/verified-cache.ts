import type { Principal } from "../principal.ts";

/** A credential that was proven once, and until when it stays good (epoch ms, or Infinity). */
export interface Verified {
  readonly principal: Principal;
  readonly untilMs: number;
}

/**
 * Proven credentials by the full SHA-256 of the raw key, which is itself never kept. Beyond the
 * limit the oldest proof makes room: it is proven again when it comes back.
 */
export class VerifiedCache {
  readonly #limit: number;
  readonly #verified = new Map<string, Verified>();
  /** Digests per key, so that a revocation needs no scan: its own secrets and its tokens. */
  readonly #digests = new Map<string, Set<string>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#verified.size;
  }

  get(digest: string): Verified | undefined {
    return this.#verified.get(digest);
  }

  add(digest: string, verified: Verified): void {
    const oldest = this.#verified.keys().next();
    if (this.#verified.size >= this.#limit && oldest.done !== true) this.#drop(oldest.value);
    this.#verified.set(digest, verified);
    const { keyId } = verified.principal;
    const digests = this.#digests.get(keyId);
    if (digests === undefined) this.#digests.set(keyId, new Set([digest]));
    else digests.add(digest);
  }

  /** Empties what is known of one key, at once. */
  forget(keyId: string): void {
    for (const digest of this.#digests.get(keyId) ?? []) this.#verified.delete(digest);
    this.#digests.delete(keyId);
  }

  #drop(digest: string): void {
    const keyId = this.#verified.get(digest)?.principal.keyId;
    this.#verified.delete(digest);
    if (keyId === undefined) return;
    const kept = this.#digests.get(keyId);
    kept?.delete(digest);
    if (kept?.size === 0) this.#digests.delete(keyId);
  }
}
