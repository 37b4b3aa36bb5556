import assert from "node:assert/strict";
import { describe, test } from "node:test";

import OpenAI from "openai";

import { codes, type Code } from "../canonical/codes.data.ts";
import { encodeError } from "./errors.ts";

describe("encodeError", () => {
  const call = async (code: Code, details = {}): Promise<InstanceType<typeof OpenAI.APIError>> => {
    const encoded = encodeError(code, "Words", details);
    const headers = new Headers();
    for (let at = 0; at < encoded.headers.length; at += 2) {
      headers.set(encoded.headers[at] ?? "", encoded.headers[at + 1] ?? "");
    }
    const answer = new Response(encoded.body, { status: encoded.status, headers });
    const client = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: () => Promise.resolve(answer) });
    const thrown: unknown = await client.models.retrieve("m").then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof OpenAI.APIError);
    return thrown;
  };

  const classes: readonly (readonly [Code, new (...args: never[]) => Error])[] = [
    ["invalid_value", OpenAI.BadRequestError],
    ["invalid_credential", OpenAI.AuthenticationError],
    ["model_forbidden", OpenAI.PermissionDeniedError],
    ["model_not_found", OpenAI.NotFoundError],
    ["conflict", OpenAI.ConflictError],
    ["unprocessable", OpenAI.UnprocessableEntityError],
    ["rate_limited", OpenAI.RateLimitError],
    ["upstream_unavailable", OpenAI.InternalServerError],
    ["budget_exhausted", OpenAI.APIError],
  ];
  for (const [code, type] of classes) {
    test(`the official client raises ${type.name} for ${code}`, async () => {
      const thrown = await call(code, { param: "field" });
      const row = codes[code];
      assert.ok(thrown instanceof type);
      assert.deepEqual(
        [thrown.status, thrown.type, thrown.code, thrown.param],
        [row.status, row.openai[0], row.openai[1], "field"],
      );
      assert.match(thrown.message, /Words/);
    });
  }

  test("hints to try again", () => {
    const { headers } = encodeError("in_flight", "Words", { retryAfterMs: 1500.2 });
    assert.deepEqual(headers, [
      "content-type",
      "application/json",
      "x-should-retry",
      "true",
      "retry-after",
      "2",
      "retry-after-ms",
      "1501",
    ]);
    assert.equal(encodeError("conflict", "Words").headers[3], "false");
    assert.equal(encodeError("conflict", "Words", { retryable: true }).headers[3], "true");
  });

  test("facts and another status", async () => {
    const thrown = await call("budget_exhausted", { status: 429, facts: { limit: 5, used: 5 } });
    assert.equal(thrown.status, 429);
    // The client keeps our error object as it came.
    assert.deepEqual((thrown.error as { details: unknown }).details, { limit: 5, used: 5 });
  });

  test("a 500 tells nothing", () => {
    assert.doesNotMatch(encodeError("internal", "secret").body, /secret/);
  });

  test("every code has an answer", () => {
    for (const code of Object.keys(codes)) {
      // The keys are codes.
      const { status, body } = encodeError(code as Code, "Words");
      assert.ok(status >= 400 && status < 600);
      assert.deepEqual(Object.keys(JSON.parse(body).error), ["message", "type", "param", "code"]);
    }
  });
});
