import type { Random } from "./random.ts";

/** Spreads neighbouring seeds over all 32 bits (the finaliser of MurmurHash3). */
const mix = (seed: number): number => {
  let bits = seed >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/**
 * sfc32: the same seed gives the same draws on every machine and every version of Node. Not for
 * secrets.
 */
export class SeededRandom implements Random {
  readonly #low: number;
  readonly #high: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed`: a non-negative safe integer; its fraction is ignored. */
  constructor(seed: number) {
    this.#low = mix(seed % 2 ** 32);
    this.#high = mix(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
    this.#a = this.#low;
    this.#b = this.#high;
    this.#c = mix(this.#low ^ this.#high);
    // The first draws still show the seed.
    for (let n = 0; n < 12; n++) this.uint32();
  }

  /**
   * An independent stream of draws for one part of a simulation: what that part draws does not
   * shift what the others see. The same label gives the same stream, whatever was drawn before.
   */
  fork(label: string): SeededRandom {
    let hash = this.#low;
    for (let n = 0; n < label.length; n++) hash = mix(Math.imul(hash, 31) + label.charCodeAt(n));
    return new SeededRandom((this.#high >>> 11) * 2 ** 32 + hash);
  }

  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  bytes(length: number): Buffer {
    const words = Math.ceil(length / 4);
    const bytes = Buffer.alloc(words * 4);
    for (let n = 0; n < words; n++) bytes.writeUInt32LE(this.uint32(), n * 4);
    return bytes.subarray(0, length);
  }
}
