/** Counts the request bodies that one listener holds, each until its exchange is over. */
export class BodyMemory {
  readonly limitBytes: number;
  readonly #whole: BodyMemory | null;
  #usedBytes = 0;

  /** `whole`: the memory that this one is a part of. */
  constructor(limitBytes: number, whole: BodyMemory | null = null) {
    this.limitBytes = limitBytes;
    this.#whole = whole;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** False, and nothing taken, when there is no room. A negative number gives back. */
  take(bytes: number): boolean {
    if (bytes > 0 && this.#usedBytes + bytes > this.limitBytes) return false;
    if (this.#whole?.take(bytes) === false) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** These bytes count in the whole alone from now on. */
  leaveToWhole(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
