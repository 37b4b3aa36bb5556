import { decimalText } from "@sekisho/lib/text/decimal.ts";
import type { NanoUsdJson } from "@sekisho/wire/admin/usage.ts";

const nanoDigits = 9;
const nanoPerCent = 10_000_000n;

/** Exact US dollars with at least two decimals: 6000000 -> "0.006", 1500000000 -> "1.50". */
export function formatUsd(nanoUsd: NanoUsdJson): string {
  const text = decimalText(BigInt(nanoUsd), { decimals: nanoDigits, least: 2 });
  const [whole = "", fraction = ""] = text.split(".");
  return `${formatCount(whole)}.${fraction}`;
}

/**
 * US dollars of a sum, to the cent: "71.0928" -> "71.09", "1350000.00" -> "1,350,000.00". Less than
 * one dollar stays exact: "0.000445" is not nothing.
 */
export function formatUsdSum(usd: string): string {
  const [whole = "", fraction = ""] = usd.split(".");
  if (BigInt(whole) === 0n) return usd;
  const nano = BigInt(whole + fraction.padEnd(nanoDigits, "0"));
  const cents = (nano + nanoPerCent / 2n) / nanoPerCent;
  return formatUsd(String(cents * nanoPerCent));
}

/** "1 call", "2 calls", "1,234 calls". */
export const formatCounted = (count: number, one: string): string =>
  `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;

/** Thousands apart: 1234567 -> "1,234,567". */
export const formatCount = (count: number | string): string =>
  String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** Milliseconds with the precision that matters: 0.42, 7.3, 1,234. */
export const formatMs = (ms: number): string =>
  ms >= 100 ? formatCount(Math.round(ms)) : ms.toFixed(ms >= 10 ? 1 : 2);

/** A share between 0 and 1 as a percentage. It is rounded down: 99.99 % never reads 100 %. */
export const formatShare = (share: number): string =>
  `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
