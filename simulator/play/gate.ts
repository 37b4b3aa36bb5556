interface Waiter {
  readonly count: number;
  readonly run: () => void;
}

/** Holds calls until a test lets them go, so that N of them are under way at once. */
export class Gate {
  readonly #held = new Set<() => void>();
  readonly #waiters = new Set<Waiter>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held.size;
  }

  get limit(): number {
    return this.#limit;
  }

  get isFull(): boolean {
    return this.#held.size >= this.#limit;
  }

  /** `resume` runs once, at the release. Returns how to leave without it. */
  hold(resume: () => void): () => void {
    // A fresh function, so that the same `resume` may be held twice.
    const entry = (): void => resume();
    this.#held.add(entry);
    for (const waiter of this.#waiters) this.#tell(waiter);
    return () => this.#held.delete(entry);
  }

  /** Lets calls go in the order in which they came; returns how many. */
  release(count: number = Infinity): number {
    let released = 0;
    for (const resume of Array.from(this.#held)) {
      if (released >= count) break;
      this.#held.delete(resume);
      released += 1;
      resume();
    }
    return released;
  }

  /** Runs `run` once, when so many calls are held. Returns how to stop waiting. */
  whenHeld(count: number, run: () => void): () => void {
    const waiter: Waiter = { count, run };
    this.#waiters.add(waiter);
    this.#tell(waiter);
    return () => this.#waiters.delete(waiter);
  }

  #tell(waiter: Waiter): void {
    if (this.#held.size < waiter.count) return;
    this.#waiters.delete(waiter);
    waiter.run();
  }
}
