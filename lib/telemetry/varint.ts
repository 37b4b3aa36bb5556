import { Failure } from "../failure/failure.ts";

/** Unsigned LEB128 integers up to 2^53 - 1, appended to a buffer that grows and is reused. */
export class VarintSink {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  push(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#widen();
    let rest = value;
    // Shifts would cut at 32 bits, and the remainder of floats costs ten times a shift.
    while (rest > 0x7fff_ffff) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A copy of exactly the bytes written since `clear`. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #widen(): void {
    const wider = new Uint8Array(this.#bytes.length * 2);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** Reads what `VarintSink` wrote. Everything else throws Failure `histogram_malformed`. */
export class VarintSource {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  next(): number {
    const first = this.#bytes[this.#offset];
    if (first === undefined) this.fail("cut short");
    this.#offset += 1;
    return first < 0x80 ? first : this.#continue(first & 0x7f);
  }

  fail(problem: string): never {
    throw new Failure(
      "histogram_malformed",
      `Cannot read histogram of ${this.#bytes.length} bytes: ${problem} at byte ${this.#offset}`,
    );
  }

  #continue(lowest: number): number {
    let value = lowest;
    for (let scale = 0x80; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#bytes[this.#offset];
      if (byte === undefined) this.fail("cut short");
      this.#offset += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : this.fail("number too large");
    }
    return this.fail("number of more than 8 bytes");
  }
}
