import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Each takes some of the time of the thread that serves calls. */
const exportsAtOnce = 4;

/** Lets so many exports run at a time. */
export class ExportGate {
  #running = 0;

  /** Throws Failure `overloaded`. Disposing of it, once, makes room for another. */
  enter(): Disposable {
    if (this.#running >= exportsAtOnce) {
      const limits = `${this.#running} exports run, limit ${exportsAtOnce}`;
      throw new Failure<Code>("overloaded", `Cannot read rows of the ledger: ${limits}`);
    }
    this.#running += 1;
    return { [Symbol.dispose]: () => void (this.#running -= 1) };
  }
}
