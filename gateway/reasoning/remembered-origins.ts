import { hash } from "node:crypto";
import type { ReasoningOrigins, ReasoningSigner } from "../reasoning.ts";

/** 128 bits: of 50,000 signatures two have the same key with a chance of 10^-29. */
const keyBytes = 16;

/**
 * Origins in the memory of this process: a hash of each proof and who signed it. Of more than
 * `limit` the ones go that were neither seen nor asked for the longest.
 */
export class RememberedOrigins implements ReasoningOrigins {
  readonly #limit: number;
  /** In the order in which they were last seen or asked for. */
  readonly #signers = new Map<string, ReasoningSigner>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#signers.size;
  }

  remember(proof: string, signer: ReasoningSigner): void {
    this.#put(keyOf(proof), signer);
    if (this.#signers.size <= this.#limit) return;
    const [oldest] = this.#signers.keys();
    if (oldest !== undefined) this.#signers.delete(oldest);
  }

  signerOf(proof: string): ReasoningSigner | null {
    const key = keyOf(proof);
    const signer = this.#signers.get(key);
    if (signer === undefined) return null;
    // A conversation that goes on asks for its signatures at each turn.
    this.#put(key, signer);
    return signer;
  }

  #put(key: string, signer: ReasoningSigner): void {
    this.#signers.delete(key);
    this.#signers.set(key, signer);
  }
}

const keyOf = (proof: string): string =>
  hash("sha256", proof, "buffer").toString("latin1", 0, keyBytes);
