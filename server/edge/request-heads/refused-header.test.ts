import assert from "node:assert/strict";
import { test } from "node:test";
import { asksToResume } from "../kept-answers/recorded-stream.ts";
import { criticalityOf, midStreamOf, requestTimeoutMs } from "./attribution.ts";
import { saidCacheOf } from "./cache-header.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";

const headOf = (name: string, value: string): RequestHead => ({
  method: "POST",
  path: "/",
  query: "",
  protocol: "h1",
  remoteAddress: "",
  clientAddress: null,
  connection: 1,
  header: (asked) => (asked === name ? value : undefined),
  headerNames: () => [name],
});

const cacheWords =
  '"no-store" alone, or "ttl", "ttl=<seconds>" and "refresh", each once, with commas between them';
const seconds = '"ttl=<seconds>" with whole seconds from 1 to 86400';
const long = "a".repeat(100);

const rows: readonly (readonly [
  read: (head: RequestHead) => unknown,
  name: string,
  value: string,
  says: string,
])[] = [
  [saidCacheOf, "x-sekisho-cache", "yes", `"yes", expected is ${cacheWords}`],
  [saidCacheOf, "x-sekisho-cache", "TTL=5", `"TTL=5", expected is ${cacheWords}`],
  [saidCacheOf, "x-sekisho-cache", "", `"", expected is ${cacheWords}`],
  [saidCacheOf, "x-sekisho-cache", long, `"${"a".repeat(64)}…", expected is ${cacheWords}`],
  [saidCacheOf, "x-sekisho-cache", 'a"b\n', `"a\\"b\\n", expected is ${cacheWords}`],
  [saidCacheOf, "x-sekisho-cache", "ttl=0", `"ttl=0", expected is ${seconds}`],
  [saidCacheOf, "x-sekisho-cache", "ttl=9d, refresh", `"ttl=9d, refresh", expected is ${seconds}`],
  [
    requestTimeoutMs,
    "x-sekisho-request-timeout-ms",
    "5s",
    '"5s", expected is a whole number from 100 to 86400000',
  ],
  [
    criticalityOf,
    "x-sekisho-criticality",
    "high",
    '"high", expected is one of critical+, critical, sheddable+, sheddable',
  ],
  [midStreamOf, "x-sekisho-mid-stream", "go", '"go", expected is "continue" or "error"'],
  [asksToResume, "x-sekisho-resumable", "1", '"1", expected is "true" or "false"'],
];

for (const [read, name, value, says] of rows) {
  test(`a header is refused by its value: ${name}: ${JSON.stringify(value.slice(0, 20))}`, () => {
    assert.throws(() => read(headOf(name, value)), {
      code: "invalid_value",
      message: `Cannot read header ${name}: it is ${says}`,
      details: { param: name },
    });
  });
}
