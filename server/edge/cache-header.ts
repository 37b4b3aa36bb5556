import type { SaidCache } from "@sekisho/gateway/cache-policy.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Of requests and of their answers. */
export const cacheHeader = "x-sekisho-cache";

const expected = 'expected is "no-store" alone, or "ttl", "ttl=<seconds>" and "refresh", each once';

/** `ttl` without a number. */
const usualTtlSeconds = 3_600;
const maxTtlSeconds = 86_400;

/**
 * What a client says of kept answers: `ttl`, `ttl=60`, `refresh` or both, or `no-store` alone; null
 * when it says nothing (STR-14). Throws Failure.
 */
export function saidCacheOf(head: Pick<RequestHead, "header">): SaidCache | null {
  const text = head.header(cacheHeader);
  if (text === undefined) return null;
  let ttlMs: number | null = null;
  let isRefresh = false;
  let isNoStore = false;
  const words = text.split(",", 4).map((word) => word.trim());
  for (const word of words) {
    if (word === "no-store" && words.length === 1) isNoStore = true;
    else if (word === "refresh" && !isRefresh) isRefresh = true;
    else if (/^ttl(=|$)/.test(word) && ttlMs === null) ttlMs = ttlOf(word);
    else throw refused(expected);
  }
  return isNoStore ? { kind: "no-store" } : { kind: "use", ttlMs, isRefresh };
}

function ttlOf(word: string): number {
  if (word === "ttl") return usualTtlSeconds * 1_000;
  const text = word.slice("ttl=".length);
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (seconds >= 1 && seconds <= maxTtlSeconds) return seconds * 1_000;
  throw refused(`"ttl" is not a whole number from 1 to ${maxTtlSeconds}`);
}

const refused = (why: string): Failure<Code> =>
  new Failure<Code>("invalid_value", `Cannot read header ${cacheHeader}: ${why}`, {
    param: cacheHeader,
  });
