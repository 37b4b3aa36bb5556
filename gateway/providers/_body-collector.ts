/** A whole answer's bytes, as large as the largest request may be. */
const answerBytesLimit = 32 * 1024 * 1024;

/** Joins the pieces of a whole answer; an answer in one piece is not copied. */
export class BodyCollector {
  readonly tooLarge = `it is larger than ${answerBytesLimit} bytes`;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** False when the answer is too large; what there was of it is gone then. */
  add(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > answerBytesLimit) {
      this.#pieces = [];
      return false;
    }
    this.#pieces.push(bytes);
    return true;
  }

  take(): Buffer {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }
}
