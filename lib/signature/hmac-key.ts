import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

const blockBytes = 64;
/** Texts are written behind the key in memory of their own; most are shorter. */
const usualTextBytes = 448;

const innerPad = 0x36;
const outerPad = 0x5c;

/**
 * HMAC-SHA-256 under one key for many texts (RFC 2104). What the key adds is made once, and a text
 * costs two hashes in one call each: half of what `createHmac` takes, and no native object.
 */
export class HmacKey {
  /** The key's block, then the text of the call. */
  #inner: Buffer;
  /** The key's other block, then the first hash. */
  readonly #outer: Buffer;

  constructor(key: Uint8Array) {
    const short = key.length > blockBytes ? hash("sha256", key, "buffer") : key;
    this.#inner = Buffer.alloc(blockBytes + usualTextBytes);
    this.#outer = Buffer.alloc(blockBytes + 32);
    for (let index = 0; index < blockBytes; index += 1) {
      const byte = short[index] ?? 0;
      this.#inner[index] = byte ^ innerPad;
      this.#outer[index] = byte ^ outerPad;
    }
  }

  /** In lower-case hexadecimal digits. */
  hex(text: string): string {
    const mostBytes = blockBytes + 3 * text.length;
    if (mostBytes > this.#inner.length) {
      const grown = Buffer.alloc(mostBytes);
      this.#inner.copy(grown, 0, 0, blockBytes);
      this.#inner = grown;
    }
    const end = blockBytes + this.#inner.write(text, blockBytes);
    const first = hash("sha256", this.#inner.subarray(0, end), "latin1");
    this.#outer.write(first, blockBytes, "latin1");
    return hash("sha256", this.#outer, "hex");
  }
}
