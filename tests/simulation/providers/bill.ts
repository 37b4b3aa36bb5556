import type { PricePlan } from "../scenario/gateway-plan.ts";

/** Tokens as the provider counts them; `cached` ones are part of `prompt`. */
export interface Tokens {
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
}

const million = 1_000_000n;

const line = (tokens: number, price: number): bigint =>
  (BigInt(tokens) * BigInt(price) + million - 1n) / million;

/** What the provider charges, in nano-USD: every line rounded up, in arithmetic of its own. */
export const billNanoUsd = (tokens: Tokens, price: PricePlan): number =>
  Number(
    line(tokens.prompt - tokens.cached, price.input) +
      line(tokens.cached, price.cacheRead) +
      line(tokens.completion, price.output),
  );
