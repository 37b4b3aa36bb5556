/** A pending call. Cancelling after it ran, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as a port: the adapter is `system-clock.ts`, the fake with behaviour `virtual-clock.ts`. */
export interface Clock {
  /** Epoch milliseconds, an integer. It may step when the machine's clock is set. */
  wallMs(): number;
  /** Milliseconds with a fraction since an arbitrary start. It never steps. */
  monotonicMs(): number;
  /**
   * Runs `run` once after `delayMs`. Delays of 2^31 ms and more work; it never keeps a process
   * alive.
   */
  after(delayMs: number, run: () => void): Timer;
  /**
   * Runs `run` once at the end of the current turn of the event loop: the place to batch writes.
   */
  soon(run: () => void): void;
}
