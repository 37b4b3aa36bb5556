/** What the logs of a process hold together, against one limit (STR-8); none by default. */
export class LogMemory {
  readonly limitBytes: number;
  #heldBytes = 0;

  constructor(limitBytes = Infinity) {
    this.limitBytes = limitBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** From half of the limit on: producers wait for readers that are behind at all. */
  get isTight(): boolean {
    return this.#heldBytes > this.limitBytes / 2;
  }

  /** Nothing new is to begin. */
  get isFull(): boolean {
    return this.#heldBytes >= this.limitBytes;
  }

  /** For one log: tells how much it holds, whenever that changes. */
  share(): (heldBytes: number) => void {
    let countedBytes = 0;
    return (heldBytes) => {
      this.#heldBytes += heldBytes - countedBytes;
      countedBytes = heldBytes;
    };
  }
}
