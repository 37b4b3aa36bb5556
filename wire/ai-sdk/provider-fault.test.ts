import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readSaidError } from "./provider-fault.ts";
import { describeError } from "./said-error.ts";

const thrown = (name: string, members: object = {}): Error =>
  Object.assign(new Error("The package says why"), { name, ...members });

const read = (error: unknown, retryAfterMs: number | null = null) =>
  readSaidError(describeError(error), retryAfterMs);

const apiError = (statusCode: number, said: object = {}) =>
  thrown("AI_APICallError", {
    statusCode,
    responseBody: JSON.stringify({ error: { message: "It says why", ...said } }),
  });

describe("RTE-7 what a package throws, and what is done about it", () => {
  const rows: readonly (readonly [name: string, error: unknown, outcome: string])[] = [
    ["a missing key", thrown("AI_LoadAPIKeyError"), "upstream_auth failover credential"],
    ["an unknown model", thrown("AI_NoSuchModelError"), "upstream_rejected failover"],
    [
      "what it does not do",
      thrown("AI_UnsupportedFunctionalityError"),
      "unsupported_by_target failover",
    ],
    ["a wrong prompt", thrown("AI_InvalidPromptError"), "upstream_rejected final"],
    ["an answer of no sense", thrown("AI_JSONParseError"), "upstream_malformed retry"],
    ["an end that nobody asked for", thrown("AbortError"), "upstream_timeout retry"],
    ["a defect", new TypeError("x is not a function"), "upstream_defect failover"],
    ["a fetch that failed", new TypeError("fetch failed"), "upstream_unavailable retry"],
    ["nothing", undefined, "upstream_error failover"],
    ["a word", "it broke", "upstream_error failover"],
    [
      "retryable by its word",
      thrown("AI_APICallError", { isRetryable: true }),
      "upstream_unavailable retry",
    ],
    ["400", apiError(400), "upstream_rejected final"],
    ["401", apiError(401), "upstream_auth failover credential"],
    ["404", apiError(404), "upstream_rejected final"],
    ["429", apiError(429), "upstream_rate_limited retry"],
    ["500", apiError(500), "upstream_error retry"],
    ["503", apiError(503), "upstream_unavailable retry"],
    [
      "529 without a body",
      thrown("AI_APICallError", { statusCode: 529 }),
      "upstream_unavailable retry",
    ],
    ["307", thrown("AI_APICallError", { statusCode: 307 }), "upstream_malformed retry"],
    [
      "200 that was no JSON",
      thrown("AI_APICallError", { statusCode: 200, responseBody: "<html>" }),
      "upstream_malformed retry",
    ],
    [
      "200 that is an error",
      apiError(200, { code: "rate_limit_exceeded" }),
      "upstream_rate_limited retry",
    ],
    [
      "a prompt that is too long",
      apiError(400, { code: "context_length_exceeded" }),
      "context_length_exceeded final",
    ],
    [
      "an error in a stream, as the package parsed it",
      { message: "slow down", data: { error: { type: "rate_limit_error" } } },
      "upstream_rate_limited retry",
    ],
  ];
  for (const [name, error, outcome] of rows) {
    test(name, () => {
      const { code, verdict, credentialFault } = read(error);
      assert.equal(`${code} ${verdict}${credentialFault ? " credential" : ""}`, outcome);
    });
  }

  test("what was described once is described the same", () => {
    for (const [, error] of rows) {
      const once = describeError(error);
      assert.deepEqual(describeError(JSON.parse(JSON.stringify(once))), once);
    }
  });
});

test("RTE-8 the provider's hint to wait is kept", () => {
  assert.equal(read(apiError(429), 700).retryAfterMs, 700);
});

test("SEC-9 no message names a key or an address", () => {
  const message = "Bad request to https://api.example/v1 with key sk-abcdef123456";
  const fault = read(apiError(400, { message }));
  assert.doesNotMatch(fault.message, /https|sk-abc/);
  assert.doesNotMatch(read(thrown("AI_LoadAPIKeyError")).message, /The package/);
  assert.match(read(thrown("AI_UnsupportedFunctionalityError")).message, /The package/);
  for (const name of ["AI_InvalidArgumentError", "AI_InvalidPromptError"]) {
    const where = { message: "No file /home/me/app/provider.ts for file:///srv/key.json: n/a" };
    assert.equal(read(thrown(name, where)).message, "No file … for … n/a");
  }
});
