import { createHmac, timingSafeEqual } from "node:crypto";
import type { ProofSeal } from "@sekisho/wire/ai-sdk/proof.ts";
import type { Pepper } from "./pepper.ts";

/**
 * Seals what a provider says of its reasoning with a key that comes of the pepper: it holds after a
 * restart and in every process on the data folder, and nowhere else (WIR-13).
 */
export class PepperSeal implements ProofSeal {
  readonly #pepper: Pepper;
  readonly #label: string;

  constructor(pepper: Pepper, provider: string) {
    this.#pepper = pepper;
    // No credential begins like this: its hash would be the key.
    this.#label = `\n reasoning of provider ${provider}`;
  }

  sign(text: string): Uint8Array {
    return this.#sealed(text, this.#pepper.current);
  }

  isOf(text: string, sealed: Uint8Array): boolean {
    return this.#pepper.versions.some((version) => {
      const own = this.#sealed(text, version);
      return own.byteLength === sealed.byteLength && timingSafeEqual(own, sealed);
    });
  }

  #sealed(text: string, version: number): Uint8Array {
    const { hmac: key } = this.#pepper.hash(this.#label, version);
    return createHmac("sha256", key).update(text).digest();
  }
}
