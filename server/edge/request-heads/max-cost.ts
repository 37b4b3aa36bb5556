import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { refusedHeader } from "./refused-header.ts";

const name = "x-sekisho-max-cost-usd";
const decimals = 9;
/** As a budget may have in the configuration. */
const mostUsd = 9_000_000;

/** What the call may cost at most, in nano-USD; null without a word (REF-11). Throws Failure. */
export function maxNanoUsdOf(head: RequestHead): number | null {
  const text = head.header(name);
  if (text === undefined) return null;
  const [, whole = "", fraction = ""] = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const nanoUsd = Number(whole + fraction.padEnd(decimals, "0"));
  if (whole !== "" && nanoUsd <= mostUsd * 10 ** decimals) return nanoUsd;
  throw refusedHeader(
    name,
    text,
    "US dollars such as 0.05, at most 9000000, of 9 decimals at most",
  );
}
