import type { Clock, Timer } from "./clock.ts";

export interface TimeLimitOptions {
  readonly ms: number;
  /** Aborts this one with its own reason; null where nothing but the time does. */
  readonly below: AbortSignal | null;
  /** What the signal is aborted with when the time is over. */
  readonly reason: Error;
}

/** A signal that is aborted after a time or with the one above it, until it is disposed of. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #above: AbortSignal | null;
  readonly #timer: Timer;
  readonly #pass = (): void => this.#controller.abort(this.#above?.reason);

  constructor(clock: Clock, { ms, below, reason }: TimeLimitOptions) {
    this.#above = below;
    this.#timer = clock.after(ms, () => this.#controller.abort(reason));
    if (below?.aborted === true) this.#pass();
    else below?.addEventListener("abort", this.#pass, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#above?.removeEventListener("abort", this.#pass);
  }
}

/** The promise's outcome, or the signal's reason as soon as that is aborted. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
