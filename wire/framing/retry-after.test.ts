import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { parseHttpDate } from "./http-date.ts";
import { longestRetryAfterMs, retryAfterMs, type HeaderMap } from "./retry-after.ts";

// 1994-11-06T08:49:37Z, the date of RFC 9110's examples.
const nowMs = 784_111_777_000;

describe("parseHttpDate", () => {
  const table: readonly (readonly [text: string, ms: number | null])[] = [
    ["Sun, 06 Nov 1994 08:49:37 GMT", nowMs],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 3_939_871_777_000],
    ["Sun Nov  6 08:49:37 1994", nowMs],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000_000],
    ["Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200_000],
    ["Wed, 31 Dec 2098 23:59:60 GMT", 4_070_908_800_000],
    ["Tue, 01 Mar 2000 00:00:00 GMT", 951_868_800_000],
    ["Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400_000],
    ["Sun, 06 Nov 1994 08:49:37 CET", null],
    ["Sun, 06 Nov 1994 24:49:37 GMT", null],
    ["Sun, 00 Nov 1994 08:49:37 GMT", null],
    ["Sun, 06 Nob 1994 08:49:37 GMT", null],
    ["2024-02-29T12:00:00Z", null],
    ["", null],
  ];
  for (const [text, ms] of table) {
    test(JSON.stringify(text), () => assert.equal(parseHttpDate(text), ms));
  }
});

describe("RTE-8 retryAfterMs", () => {
  const table: readonly (readonly [headers: HeaderMap, ms: number | null])[] = [
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": " 3 " }, 3000],
    [{ "retry-after": "Sun, 06 Nov 1994 08:49:47 GMT" }, 10_000],
    [{ "retry-after": "Sun, 06 Nov 1994 08:49:27 GMT" }, 0],
    [{ "retry-after-ms": "120", "retry-after": "9" }, 120],
    [{ "retry-after-ms": "soon", "retry-after": "9" }, 9000],
    [{ "x-amz-retry-after": "300" }, 300],
    [{ "retry-after": ["5", "7"] }, 5000],
    [{ "retry-after": "999999999" }, longestRetryAfterMs],
    [{ "retry-after": "Sun, 06 Nov 2994 08:49:47 GMT" }, longestRetryAfterMs],
    [{ "retry-after": "-1" }, null],
    [{ "retry-after": "1e9" }, null],
    [{ "retry-after": "Infinity" }, null],
    [{ "retry-after": "a while" }, null],
    [{ "retry-after": "" }, null],
    [{ "retry-after": [] }, null],
    [{}, null],
  ];
  for (const [headers, ms] of table) {
    test(JSON.stringify(headers), () => assert.equal(retryAfterMs(headers, nowMs), ms));
  }
});
