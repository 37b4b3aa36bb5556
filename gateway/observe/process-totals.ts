import type { Usage } from "@sekisho/wire/canonical/usage.ts";

/** A call that is over, as far as sums are made of it. */
export interface TotalledCall {
  /** Null where no provider was at work. */
  readonly usage: Usage | null;
  readonly isError: boolean;
  /** It was given the answer of another call. */
  readonly isGiven: boolean;
  readonly totalMs: number;
  readonly costNanoUsd: number;
}

/** What all calls of a process come to. */
export interface ProcessFigures {
  readonly requests: number;
  readonly errors: number;
  /** Given the answer of another call. */
  readonly given: number;
  /** Of whole prompts, cached or not. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: bigint;
  readonly latencyMs: number;
}

/** Sums over the calls that have ended since the process began; probes are not among them. */
export class ProcessTotals {
  #requests = 0;
  #errors = 0;
  #given = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #costNanoUsd = 0n;
  #latencyMs = 0;

  ended({ usage, isError, isGiven, totalMs, costNanoUsd }: TotalledCall): void {
    this.#requests += 1;
    if (isError) this.#errors += 1;
    if (isGiven) this.#given += 1;
    if (usage !== null) {
      const { input, cacheRead, cacheWrite5m, cacheWrite1h } = usage;
      this.#inputTokens += input + cacheRead + cacheWrite5m + cacheWrite1h;
      this.#outputTokens += usage.output;
    }
    this.#costNanoUsd += BigInt(costNanoUsd);
    this.#latencyMs += totalMs;
  }

  get figures(): ProcessFigures {
    return {
      requests: this.#requests,
      errors: this.#errors,
      given: this.#given,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      costNanoUsd: this.#costNanoUsd,
      latencyMs: this.#latencyMs,
    };
  }
}
