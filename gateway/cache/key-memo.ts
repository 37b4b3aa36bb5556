import type { Buffer } from "node:buffer";

/** Longer bodies are read again: a megabyte of memory is for many short ones. */
const longestBytes = 8_192;
const mostBytes = 4 * 1_048_576;

/**
 * The keys of bodies that were read before, by the very bytes and everything else that a key is
 * made of: reading them again costs 5 us for a body of 1 KB. `about` begins with the tenant, so
 * that nobody is quicker for what another tenant has asked.
 */
export class KeyMemo {
  readonly #keys = new Map<string, string>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** What `make` returns, or returned before. */
  of(about: string, body: Buffer, make: () => string | null): string | null {
    if (body.length > longestBytes) return make();
    const asked = `${about.length}:${about}${body.toString("latin1")}`;
    const known = this.#keys.get(asked);
    if (known !== undefined) return known;
    const key = make();
    if (key === null) return null;
    this.#keys.set(asked, key);
    this.#bytes += asked.length;
    for (const oldest of this.#keys.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.#keys.delete(oldest);
      this.#bytes -= oldest.length;
    }
    return key;
  }
}
