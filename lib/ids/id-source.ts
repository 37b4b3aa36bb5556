import { Buffer } from "node:buffer";
import type { Random } from "../random/random.ts";
import type { Clock } from "../time/clock.ts";
import { alphabet } from "./id-body.ts";

/** Two characters for each ten bits, as they stand in memory: 13 look-ups spell an id. */
const pairs = new Uint16Array(
  Uint8Array.from({ length: 2_048 }, (_, at) =>
    alphabet.charCodeAt(at % 2 === 0 ? at >> 6 : (at >> 1) & 31),
  ).buffer,
);
const pairsOfBody = 13;

const versionBits = 0x7000;
const variantBits = 0b1000;
const maxCounter = 0xfff;
/** A millisecond starts in the lower half, so that at least 2,048 ids fit into it. */
const startMask = 0x7ff;

/**
 * Makes id bodies: UUIDv7 in Crockford base32, 26 characters, lower case. The ids of one source
 * ascend as text, also within a millisecond and while the wall clock is set back; 62 bits of each
 * are fresh randomness.
 */
export class IdSource {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #pairs = new Uint16Array(pairsOfBody);
  readonly #body = Buffer.from(this.#pairs.buffer);
  #lastMs = -1;
  #counter = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  newBody(): string {
    const nowMs = this.#clock.wallMs();
    if (nowMs > this.#lastMs) this.#startMs(nowMs);
    else if (this.#counter === maxCounter) this.#startMs(this.#lastMs + 1);
    else this.#counter += 1;
    const high = this.#random.uint32();
    const low = this.#random.uint32();
    const head = ((versionBits | this.#counter) << 4) | variantBits | (high >>> 30);
    this.#spell(5, head >>> 10);
    this.#spell(6, head);
    this.#spell30(7, high);
    this.#spell30(10, low);
    // Not put together of texts: V8 keeps such a one as a tree, and JSON of it takes twice as long.
    return this.#body.toString("latin1");
  }

  #startMs(ms: number): void {
    this.#lastMs = ms;
    this.#counter = this.#random.uint32() & startMask;
    const low = ms % 2 ** 30;
    const high = Math.floor(ms / 2 ** 30);
    this.#spell(0, high >>> 10);
    this.#spell(1, high);
    this.#spell30(2, low);
  }

  /** The low 30 bits as six characters. */
  #spell30(at: number, bits: number): void {
    this.#spell(at, bits >>> 20);
    this.#spell(at + 1, bits >>> 10);
    this.#spell(at + 2, bits);
  }

  #spell(at: number, bits: number): void {
    this.#pairs[at] = pairs[bits & 1023] ?? 0;
  }
}
