import type { SaidCache } from "@sekisho/gateway/cache-policy.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { refusedHeader } from "./refused-header.ts";

/** Of requests and of their answers. */
export const cacheHeader = "x-sekisho-cache";

const expected =
  '"no-store" alone, or "ttl", "ttl=<seconds>" and "refresh", each once, with commas between them';

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
    else if (/^ttl(=|$)/.test(word) && ttlMs === null) ttlMs = ttlOf(word, text);
    else throw refusedHeader(cacheHeader, text, expected);
  }
  return isNoStore ? { kind: "no-store" } : { kind: "use", ttlMs, isRefresh };
}

function ttlOf(word: string, header: string): number {
  if (word === "ttl") return usualTtlSeconds * 1_000;
  const text = word.slice("ttl=".length);
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (seconds >= 1 && seconds <= maxTtlSeconds) return seconds * 1_000;
  const allowed = `"ttl=<seconds>" with whole seconds from 1 to ${maxTtlSeconds}`;
  throw refusedHeader(cacheHeader, header, allowed);
}
