import { promptTokensOf } from "../cost.ts";
import type { CountedUsage, TokenEstimates } from "../token-estimates.ts";

/** Between Latin text, four bytes to a token, and Japanese, three bytes or less. */
export const usualBytesPerToken = 3;

/** Of fewer tokens the constants of a template are most. */
const leastTokens = 50;
/** A provider that reports nonsense moves an estimate no further. */
const mostRatio = 4;
/** So many reports are looked at before anything is made of them … */
const leastReports = 8;
/** … every one up to here, then one of some: an estimate reads the whole prompt. */
const alwaysUntil = 64;
const thenOneOf = 64;
/** How much the newest report weighs, once there are many. */
const weight = 0.05;

/** What reports have shown of one kind of tokens, beside what was estimated. */
class Ratio {
  #reports = 0;
  #ratio = 1;
  #error = 0;

  get ratio(): number {
    return this.#reports < leastReports ? 1 : this.#ratio;
  }

  /** The mean share by which an estimate was off, of those that were made with what was known. */
  get error(): number {
    return this.#error;
  }

  get reports(): number {
    return this.#reports;
  }

  add(estimate: number, reported: number): void {
    if (reported < leastTokens || estimate < leastTokens / mostRatio) return;
    this.#reports += 1;
    const share = Math.max(weight, 1 / this.#reports);
    const error = Math.min(mostRatio, Math.abs(estimate * this.ratio - reported) / reported);
    const seen = Math.min(mostRatio, Math.max(1 / mostRatio, reported / estimate));
    this.#error += (error - this.#error) * share;
    this.#ratio += (seen - this.#ratio) * share;
  }
}

class FamilyEstimates implements TokenEstimates {
  readonly prompt = new Ratio();
  readonly answer = new Ratio();
  #calls = 0;

  input(byClass: number): number {
    return Math.ceil(byClass * this.prompt.ratio);
  }

  output(bytes: number): number {
    return Math.ceil((bytes / usualBytesPerToken) * this.answer.ratio);
  }

  observe({ usage, inputEstimate, outputBytes }: CountedUsage): void {
    this.#calls += 1;
    if (this.#calls > alwaysUntil && this.#calls % thenOneOf !== 0) return;
    const prompt = promptTokensOf(usage);
    if (prompt >= leastTokens) this.prompt.add(inputEstimate(), prompt);
    // Hidden reasoning is counted and not said.
    if (outputBytes === null || usage.reasoning > 0) return;
    this.answer.add(outputBytes / usualBytesPerToken, usage.output);
  }
}

/** What has been learnt of one family. */
export interface EstimateFigure {
  readonly family: string;
  readonly kind: "input" | "output";
  /** Tokens that providers report for each that is estimated. */
  readonly ratio: number;
  readonly error: number;
}

/**
 * Estimates that follow what providers report, one for each family of models (MON-4): exponentially
 * weighted means of reported over estimated tokens. They begin anew with each process.
 */
export class CalibratedEstimates {
  readonly #families = new Map<string, FamilyEstimates>();

  /** The same object for as long as the process lives. */
  of(family: string): TokenEstimates {
    const known = this.#families.get(family) ?? new FamilyEstimates();
    this.#families.set(family, known);
    return known;
  }

  /** Of families of which something was reported. */
  figures(): EstimateFigure[] {
    return [...this.#families].flatMap(([family, { prompt, answer }]) =>
      [
        { family, kind: "input" as const, from: prompt },
        { family, kind: "output" as const, from: answer },
      ].flatMap(({ from, ...figure }) =>
        from.reports === 0 ? [] : [{ ...figure, ratio: from.ratio, error: from.error }],
      ),
    );
  }
}
