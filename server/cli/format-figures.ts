import { decimalText } from "@sekisho/lib/text/decimal.ts";
import type { NanoUsdJson } from "@sekisho/wire/admin/usage.ts";

const nanoDigits = 9;

/** Exact US dollars with at least two decimals: 6000000 -> "0.006", 1500000000 -> "1.50". */
export function formatUsd(nanoUsd: NanoUsdJson): string {
  const text = decimalText(BigInt(nanoUsd), { decimals: nanoDigits, least: 2 });
  const [whole = "", fraction = ""] = text.split(".");
  return `${formatCount(whole)}.${fraction}`;
}

/** Thousands apart: 1234567 -> "1,234,567". */
export const formatCount = (count: number | string): string =>
  String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** Milliseconds with the precision that matters: 0.42, 7.3, 1,234. */
export const formatMs = (ms: number): string =>
  ms >= 100 ? formatCount(Math.round(ms)) : ms.toFixed(ms >= 10 ? 1 : 2);

/** A share between 0 and 1 as a percentage. It is rounded down: 99.99 % never reads 100 %. */
export const formatShare = (share: number): string =>
  `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
