/**
 * Numbers the steps on the way to durability, and kills this process at one of them, so that a
 * test can crash it at each in turn. Step 0 does not exist: `new CrashPoints(0)` only counts.
 */
export class CrashPoints {
  readonly #crashAt: number;
  #passed = 0;

  constructor(crashAt: number) {
    this.#crashAt = crashAt;
  }

  /** How many steps this process has survived. */
  get passed(): number {
    return this.#passed;
  }

  pass(): void {
    // SIGKILL and not exit: no handler, no flush, no lock released by anybody but the kernel.
    if (this.#passed + 1 === this.#crashAt) process.kill(process.pid, "SIGKILL");
    this.#passed += 1;
  }
}
