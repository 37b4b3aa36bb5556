/** What a budget counts. Integers. */
export const measures = ["nanoUsd", "inputTokens", "outputTokens"] as const;

export type Measure = (typeof measures)[number];

/** What a call may cost, or has: money and tokens, the prompt's with all that was cached of it. */
export type Amounts = Readonly<Record<Measure, number>>;

/** The same, for books that change. */
export type Sums = Record<Measure, number>;

export const nothing: Amounts = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

/** Sums that begin. */
export const noSums = (): Sums => ({ nanoUsd: 0, inputTokens: 0, outputTokens: 0 });

export const isNothing = ({ nanoUsd, inputTokens, outputTokens }: Amounts): boolean =>
  nanoUsd === 0 && inputTokens === 0 && outputTokens === 0;

/** The smaller of each. */
export const atMost = (amounts: Amounts, most: Amounts): Amounts => ({
  nanoUsd: Math.min(amounts.nanoUsd, most.nanoUsd),
  inputTokens: Math.min(amounts.inputTokens, most.inputTokens),
  outputTokens: Math.min(amounts.outputTokens, most.outputTokens),
});

export function add(sums: Sums, amounts: Amounts): void {
  sums.nanoUsd += amounts.nanoUsd;
  sums.inputTokens += amounts.inputTokens;
  sums.outputTokens += amounts.outputTokens;
}

export function subtract(sums: Sums, amounts: Amounts): void {
  sums.nanoUsd -= amounts.nanoUsd;
  sums.inputTokens -= amounts.inputTokens;
  sums.outputTokens -= amounts.outputTokens;
}

/** Makes each at least as large. */
export function raise(sums: Sums, amounts: Amounts): void {
  sums.nanoUsd = Math.max(sums.nanoUsd, amounts.nanoUsd);
  sums.inputTokens = Math.max(sums.inputTokens, amounts.inputTokens);
  sums.outputTokens = Math.max(sums.outputTokens, amounts.outputTokens);
}

export const twice = ({ nanoUsd, inputTokens, outputTokens }: Amounts): Amounts => ({
  nanoUsd: 2 * nanoUsd,
  inputTokens: 2 * inputTokens,
  outputTokens: 2 * outputTokens,
});

export function sumOf(some: Amounts, others: Amounts): Amounts {
  const sums = { ...some };
  add(sums, others);
  return sums;
}
