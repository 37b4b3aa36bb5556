import type { Random } from "@sekisho/lib/random/random.ts";

/** A number, or how to draw one. */
export type Spread =
  | number
  | { readonly uniform: readonly [min: number, max: number] }
  | { readonly lognormal: { readonly p50: number; readonly p99: number } };

/** The standard normal deviate below which 99 % lie. */
const z99 = 2.3263;

const standardNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());

/** One number of a spread, at most `limit`. A fixed number draws nothing. */
export const draw = (spread: Spread, random: Random, limit: number): number => {
  if (typeof spread === "number") return Math.min(spread, limit);
  if ("uniform" in spread) {
    const [min, max] = spread.uniform;
    return Math.min(min + (max - min) * random.float(), limit);
  }
  const { p50, p99 } = spread.lognormal;
  const sigma = Math.log(p99 / p50) / z99;
  return Math.min(p50 * Math.exp(sigma * standardNormal(random)), limit);
};
