import assert from "node:assert/strict";
import { test } from "node:test";
import { rateHeaders as ofAnthropic } from "./anthropic/rate-headers.ts";
import type { RateKind, RateLevel } from "./canonical/rate-level.ts";
import { durationText, rateHeaders as ofOpenai } from "./openai/rate-headers.ts";
import { rateFields } from "./rate-fields.ts";

const level = (name: string, kind: RateKind, over: object = {}): RateLevel => ({
  policy: { name, kind, limit: 200, windowMs: kind === "concurrent" ? null : 2_000, ...over },
  remaining: 199,
  fullInMs: 10,
  nextInMs: 0,
});

const levels: readonly RateLevel[] = [
  level("tenant_requests", "requests", { limit: 5_000, windowMs: 5_000 }),
  { ...level("key_requests", "requests"), remaining: 3, fullInMs: 1_970 },
  { ...level("key_tokens", "tokens", { limit: 60_000, windowMs: 60_000 }), remaining: 0 },
  { ...level("user_concurrent", "concurrent", { limit: 4 }), remaining: 1, fullInMs: 0 },
];

const spent = levels.map((each) => ({ ...each, remaining: 0, nextInMs: 1_001, fullInMs: 9_000 }));

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : []));

test("MON-13 RateLimit and RateLimit-Policy list each rate, the older fields the tightest", () => {
  assert.deepEqual(pairs(rateFields(levels)), [
    [
      "ratelimit-policy",
      '"tenant_requests";q=5000;w=5, "key_requests";q=200;w=2, ' +
        '"key_tokens";q=60000;qu="tokens";w=60, "user_concurrent";q=4;qu="concurrent-requests"',
    ],
    [
      "ratelimit",
      '"tenant_requests";r=199;t=1, "key_requests";r=3;t=2, "key_tokens";r=0;t=0, ' +
        '"user_concurrent";r=1',
    ],
    ["ratelimit-limit", "200"],
    ["ratelimit-remaining", "3"],
    ["ratelimit-reset", "2"],
  ]);
});

test("MON-13 where nothing remains, the reset is when something does", () => {
  const told = Object.fromEntries(pairs(rateFields(spent)));
  assert.match(told["ratelimit"] ?? "", /"key_requests";r=0;t=2/);
  assert.equal(told["ratelimit-reset"], "2");
});

test("MON-13 without a rate nothing is said; a window is never 0", () => {
  assert.deepEqual(rateFields([]), []);
  const [, policy] = rateFields([level("key_requests", "requests", { windowMs: 0.2 })]);
  assert.equal(policy, '"key_requests";q=200;w=1');
  const concurrent = [level("key_concurrent", "concurrent")];
  assert.deepEqual(ofOpenai({ atWallMs: 0, levels: concurrent }), []);
  assert.deepEqual(ofAnthropic({ atWallMs: 0, levels: concurrent }), []);
});

test("MON-13 OpenAI's headers, of the tightest rate in requests and in tokens", () => {
  assert.deepEqual(pairs(ofOpenai({ atWallMs: 0, levels: spent })), [
    ["x-ratelimit-limit-requests", "5000"],
    ["x-ratelimit-remaining-requests", "0"],
    ["x-ratelimit-reset-requests", "9s"],
    ["x-ratelimit-limit-tokens", "60000"],
    ["x-ratelimit-remaining-tokens", "0"],
    ["x-ratelimit-reset-tokens", "9s"],
  ]);
});

test("MON-13 Anthropic's headers, whose resets are instants", () => {
  const atWallMs = Date.UTC(2026, 10, 20, 12);
  assert.deepEqual(pairs(ofAnthropic({ atWallMs, levels })), [
    ["anthropic-ratelimit-requests-limit", "200"],
    ["anthropic-ratelimit-requests-remaining", "3"],
    ["anthropic-ratelimit-requests-reset", "2026-11-20T12:00:02Z"],
    ["anthropic-ratelimit-tokens-limit", "60000"],
    ["anthropic-ratelimit-tokens-remaining", "0"],
    ["anthropic-ratelimit-tokens-reset", "2026-11-20T12:00:01Z"],
  ]);
});

test("times as OpenAI writes them", () => {
  const rows: readonly [number, string][] = [
    [0, "0ms"],
    [19.2, "20ms"],
    [1_000, "1s"],
    [1_500, "1.5s"],
    [59_999, "59.999s"],
    [360_000, "6m0s"],
    [3_661_001, "1h1m1.001s"],
  ];
  for (const [ms, text] of rows) assert.equal(durationText(ms), text);
});
