import { decimalText } from "@sekisho/lib/text/decimal.ts";

/** Exact US dollars with at least two decimals: 6_000_000 nano-USD is "0.006", 6e9 is "6.00". */
export const usdText = (nanoUsd: number | bigint): string =>
  decimalText(BigInt(nanoUsd), { decimals: 9, least: 2 });
