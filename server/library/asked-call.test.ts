import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readAskedCall } from "./asked-call.ts";

const usual = { tenantId: "demo", agentId: "librarian", model: "fast", prompt: "Hello" };

const failureOf = (options: unknown) => {
  try {
    readAskedCall(options, false);
  } catch (error) {
    const { code, message, details } = error as Awaited<ReturnType<typeof asFailure>>;
    return { code, message, param: details.param };
  }
  return assert.fail("it was taken");
};

/** For its type alone. */
const asFailure = async () =>
  new (await import("@sekisho/lib/failure/failure.ts")).Failure("x", "");

describe("REF-1 readAskedCall", () => {
  test("whom a call is for stands apart from its body", () => {
    const { signal } = new AbortController();
    const asked = readAskedCall({ ...usual, sessionId: "s-1", signal, temperature: 0 }, true);
    const { body, ...rest } = asked;
    const whom = { tenant: "demo", agent: "librarian", session: "s-1", signal };
    assert.deepEqual(rest, { ...whom, cacheTtl: null, idempotencyKey: null });
    assert.equal(readAskedCall({ ...usual, idempotencyKey: "n-1" }, true).idempotencyKey, "n-1");
    assert.equal(readAskedCall({ ...usual, cacheTtl: 60 }, true).cacheTtl, 60);
    assert.deepEqual(JSON.parse(body.toString()), {
      model: "fast",
      prompt: "Hello",
      temperature: 0,
      stream: true,
    });
  });

  test("what is no number is refused, and not left out", () => {
    for (const temperature of [NaN, Infinity, -Infinity]) {
      const { code, param, message } = failureOf({ ...usual, temperature });
      assert.deepEqual([code, param], ["invalid_value", "temperature"]);
      assert.ok(message.includes(String(temperature)), message);
    }
  });

  test("a mistyped name is told the nearest and all that there are", () => {
    const { message } = failureOf({ ...usual, sesionId: "s" });
    assert.match(
      message,
      /sesionId is no option; the nearest is sessionId\. Options are tenantId, /,
    );
    assert.match(message, /signal, idempotencyKey, model, prompt, /);
    assert.ok(readAskedCall({ ...usual, sesionId: undefined }, false));
  });

  const refused: readonly (readonly [name: string, options: unknown, code: string, string?])[] = [
    ["nothing", undefined, "invalid_value"],
    ["null", null, "invalid_value"],
    ["a text", "Hello", "invalid_value"],
    ["a list", [], "invalid_value"],
    ["no tenant", { ...usual, tenantId: undefined }, "missing_field", "tenantId"],
    ["a tenant that is no text", { ...usual, tenantId: 7 }, "invalid_value", "tenantId"],
    ["no agent", { ...usual, agentId: undefined }, "missing_field", "agentId"],
    ["an empty agent", { ...usual, agentId: "" }, "invalid_value", "agentId"],
    ["an agent of two lines", { ...usual, agentId: "a\nb" }, "invalid_value", "agentId"],
    ["129 characters", { ...usual, sessionId: "s".repeat(129) }, "invalid_value", "sessionId"],
    ["a signal that is none", { ...usual, signal: {} }, "invalid_value", "signal"],
    ["its own stream", { ...usual, stream: true }, "invalid_value", "stream"],
    ["a mistyped name", { ...usual, tenantid: "demo" }, "invalid_value", "tenantid"],
    ["what JSON has no words for", { ...usual, maxTokens: 1n }, "invalid_value"],
    ["33 MiB", { ...usual, prompt: "x".repeat(33 * 1_048_576) }, "payload_too_large"],
  ];
  for (const [name, options, code, param] of refused) {
    test(`${name}: ${code}`, () => {
      const failure = failureOf(options);
      assert.deepEqual([failure.code, failure.param], [code, param]);
      assert.match(failure.message, /^Cannot take the call: /);
    });
  }
});
