import { Buffer } from "node:buffer";
import { createHash, hash, type Hash } from "node:crypto";
import type { ChainValue } from "./chain-hash.ts";

/** What such a hash begins with, and a hash of one row by itself has no place for. */
const kind = 1;

/** Of a value: how many bytes it has, or that it is null. */
const lengthBytes = 4;
const nullLength = 0xffff_ffff;

/** What the rows of an average transaction take. */
const usualBytes = 65_536;

/**
 * The hash of rows that stand and fall together: SHA-256 over the hash before them and, of each
 * value of each row, its length in bytes and its text. 0.6 us for a row of 300 bytes, where a hash
 * and a JSON array of its own take 1.4.
 */
export class RowsHash {
  #bytes: Buffer = Buffer.allocUnsafeSlow(usualBytes);
  #length = 0;
  /** Of the bytes that were let go; null: none. */
  #gone: Hash | null = null;

  /** Begins anew, behind this hash. */
  begin(previous: Uint8Array): void {
    this.#need(0, previous.length);
    this.#bytes.set(previous);
    this.#length = previous.length;
    this.#gone = null;
  }

  /** How far it is: for `cut`. */
  get length(): number {
    return this.#length;
  }

  /** Values of one row after another; how many a row has is always the same. */
  add(value: ChainValue): void {
    const text = value === null ? null : String(value);
    const start = this.#length + lengthBytes;
    this.#need(this.#length, lengthBytes + 3 * (text?.length ?? 0));
    const bytes = text === null ? 0 : this.#bytes.write(text, start);
    this.#bytes.writeUInt32LE(text === null ? nullLength : bytes, this.#length);
    this.#length = start + bytes;
  }

  /** Takes back what was added since. */
  cut(length: number): void {
    this.#length = length;
  }

  /**
   * What was added stays, so that its bytes need not: rows that nobody has counted, as those of a
   * file that was tampered with, take no more memory than one of them and 64 KiB.
   */
  letGo(): void {
    if (this.#length < usualBytes) return;
    this.#gone ??= createHash("sha256");
    this.#gone.update(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Of all of it; what comes behind begins anew. */
  digest(): Uint8Array {
    const rest = this.#bytes.subarray(0, this.#length);
    const digest = Buffer.alloc(33, kind);
    const text = this.#gone?.update(rest).digest("latin1") ?? hash("sha256", rest, "latin1");
    digest.write(text, 1, "latin1");
    return digest;
  }

  #need(kept: number, more: number): void {
    if (kept + more <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(2 * (kept + more));
    this.#bytes.copy(bytes, 0, 0, kept);
    this.#bytes = bytes;
  }
}

/** Is it the hash of rows that were added together? */
export const isRowsHash = (bytes: Uint8Array): boolean => bytes.length === 33 && bytes[0] === kind;
