import { hash } from "node:crypto";
import type { AnyHead } from "../request.ts";
import { saidOutside } from "../said-outside.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Less than a kilobyte for each. */
const mostPrints = 2_048;

/** What stands outside of most bodies is shorter than this, and takes its own place. */
const shortText = 256;

/**
 * The fingerprints of the bodies that came last, by a hash of their bytes: a client that asks again
 * sends the same ones, and to hash them takes a tenth of reading them.
 */
export class FingerprintMemo {
  readonly #prints = new Map<string, string>();
  readonly #most: number;

  constructor(most: number = mostPrints) {
    this.#most = most;
  }

  get size(): number {
    return this.#prints.size;
  }

  /** As `fingerprintOf`. */
  of(said: AnyHead, body: Buffer): string {
    const text = JSON.stringify(saidOutside(said));
    const outside = text.length <= shortText ? text : hash("sha256", text, "base64");
    const bytes = hash("sha256", body, "base64") + outside;
    const known = this.#prints.get(bytes);
    if (known !== undefined) return known;
    const print = fingerprintOf(said, body);
    this.#prints.set(bytes, print);
    for (const oldest of this.#prints.keys()) {
      if (this.#prints.size <= this.#most) break;
      this.#prints.delete(oldest);
    }
    return print;
  }
}
