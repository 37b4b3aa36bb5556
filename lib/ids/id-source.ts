import type { Random } from "../random/random.ts";
import type { Clock } from "../time/clock.ts";
import { alphabet } from "./id-body.ts";

/** Two characters for each ten bits: eight look-ups spell an id. */
const pairs: readonly string[] = Array.from(
  { length: 1024 },
  (_, bits) => `${alphabet[bits >> 5] ?? ""}${alphabet[bits & 31] ?? ""}`,
);

const pair = (bits: number): string => pairs[bits & 1023] ?? "";

/** The low 30 bits as six characters. */
const spell30 = (bits: number): string => `${pair(bits >>> 20)}${pair(bits >>> 10)}${pair(bits)}`;

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
  #lastMs = -1;
  #timeText = "";
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
    const headText = `${pairs[head >>> 10] ?? ""}${pairs[head & 1023] ?? ""}`;
    return `${this.#timeText}${headText}${spell30(high)}${spell30(low)}`;
  }

  #startMs(ms: number): void {
    this.#lastMs = ms;
    this.#counter = this.#random.uint32() & startMask;
    const low = ms % 2 ** 30;
    const high = Math.floor(ms / 2 ** 30);
    this.#timeText = `${pairs[high >>> 10] ?? ""}${pairs[high & 1023] ?? ""}${spell30(low)}`;
  }
}
