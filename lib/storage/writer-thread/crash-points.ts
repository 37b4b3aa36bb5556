/** Where the threads of a process count their steps together. */
export const newStepCounter = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

/**
 * Numbers the steps on the way to durability, and kills this process at one of them, so that a
 * test can crash it at each in turn. There is no step 0: `new CrashPoints(0, counter)` only counts.
 */
export class CrashPoints {
  readonly #crashAt: number;
  readonly #counter: Int32Array;

  constructor(crashAt: number, counter: Int32Array) {
    this.#crashAt = crashAt;
    this.#counter = counter;
  }

  /** How many steps this process has survived. */
  get passed(): number {
    return Atomics.load(this.#counter, 0);
  }

  pass(): void {
    const step = Atomics.add(this.#counter, 0, 1) + 1;
    // SIGKILL and not exit: no handler, no flush, no lock released by anybody but the kernel.
    if (step === this.#crashAt) process.kill(process.pid, "SIGKILL");
  }
}
