/** Where one log counts what it holds. */
export interface LogRoom {
  /** From half of the limit of all logs on: producers wait for readers that are behind at all. */
  readonly isTight: boolean;
  /** For one log, or what stands beside it: tells how much it holds, whenever that changes. */
  share(): (heldBytes: number) => void;
}

/**
 * What the logs of a process hold together, against one limit (STR-8); none by default. Each log is
 * of an owner: where the memory runs short, who holds most is refused first.
 */
export class LogMemory {
  readonly limitBytes: number;
  #heldBytes = 0;
  /** Of those owners that hold anything. */
  readonly #owned = new Map<string, number>();

  constructor(limitBytes = Infinity) {
    this.limitBytes = limitBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isTight(): boolean {
    return this.#heldBytes > this.limitBytes / 2;
  }

  heldBy(owner: string): number {
    return this.#owned.get(owner) ?? 0;
  }

  /**
   * May this owner begin another log? From three quarters of the limit on only who holds less than
   * an even share of what is held; at the limit nobody.
   */
  takes(owner: string): boolean {
    if (this.#heldBytes < this.limitBytes * 0.75) return true;
    if (this.#heldBytes >= this.limitBytes) return false;
    return this.heldBy(owner) * this.#owned.size < this.#heldBytes;
  }

  roomOf(owner: string): LogRoom {
    return new OwnedRoom(this, owner);
  }

  /** @internal for OwnedRoom */
  _add(owner: string, bytes: number): void {
    this.#heldBytes += bytes;
    const owned = this.heldBy(owner) + bytes;
    if (owned === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, owned);
  }
}

class OwnedRoom implements LogRoom {
  readonly #memory: LogMemory;
  readonly #owner: string;

  constructor(memory: LogMemory, owner: string) {
    this.#memory = memory;
    this.#owner = owner;
  }

  get isTight(): boolean {
    return this.#memory.isTight;
  }

  share(): (heldBytes: number) => void {
    let countedBytes = 0;
    return (heldBytes) => {
      // Of a log whose readers keep up it is 0 each time.
      if (heldBytes === countedBytes) return;
      this.#memory._add(this.#owner, heldBytes - countedBytes);
      countedBytes = heldBytes;
    };
  }
}
