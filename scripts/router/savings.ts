import { costNanoUsd } from "@sekisho/gateway/cost.ts";
import type { Price } from "@sekisho/gateway/price.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { SimpleShares } from "./measured-rules.ts";

/** Tokens of one call, the same whichever model answers it. */
export interface CallSize {
  readonly input: number;
  readonly output: number;
}

/**
 * What a shop's calls are taken to be: an assumption, not a measurement. A prompt is 300 tokens of
 * instructions, about 500 of retrieval and the message, without history; a fact is answered in 120
 * tokens, a comparison in 450.
 */
export const assumedSizes: Readonly<Record<"simple" | "strong", CallSize>> = {
  simple: { input: 820, output: 120 },
  strong: { input: 860, output: 450 },
};

/** Shares of simple messages for which the saving is told. */
export const assumedSimpleShares = [0.5, 0.7, 0.85];

export interface Prices {
  readonly simple: Price;
  readonly strong: Price;
}

/** Of 1,000 calls, against all of them at the strong model. */
export interface Saving {
  readonly strongAloneNanoUsd: number;
  readonly routedNanoUsd: number;
  /** What would be saved if each message was judged as it was labelled. */
  readonly perfectNanoUsd: number;
  /** The part of the saving that comes of strong messages at the small model: it is no gain. */
  readonly wrongNanoUsd: number;
  /** Strong messages that the small model answers. */
  readonly wrongCalls: number;
}

const calls = 1_000;

/** What a rule saves where so many of the messages are simple. */
export function savingOf(shares: SimpleShares, simpleShare: number, prices: Prices): Saving {
  const costs = (["simple", "strong"] as const).map((label) => {
    const usage = { ...noUsage, ...assumedSizes[label] };
    const count = calls * (label === "simple" ? simpleShare : 1 - simpleShare);
    const atSimple = label === "simple" ? shares.ofSimple : shares.ofStrong;
    const strong = count * costNanoUsd(usage, prices.strong);
    const gain = strong - count * costNanoUsd(usage, prices.simple);
    return { count, strong, gain, atSimple };
  });
  const [simple, strong] = costs;
  if (simple === undefined || strong === undefined) throw new RangeError("two classes are priced");
  const strongAloneNanoUsd = simple.strong + strong.strong;
  const wrongNanoUsd = strong.gain * strong.atSimple;
  return {
    strongAloneNanoUsd,
    routedNanoUsd: strongAloneNanoUsd - simple.gain * simple.atSimple - wrongNanoUsd,
    perfectNanoUsd: simple.gain,
    wrongNanoUsd,
    wrongCalls: strong.count * strong.atSimple,
  };
}
