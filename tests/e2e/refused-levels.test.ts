import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { SessionClient } from "../harness/session-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const text = "Go on [[sim: tokens=10]]";
const user = (content: unknown) => [{ role: "user", content }];

interface Surface {
  readonly path: string;
  readonly body: object;
  /** Where its words have what a refusal is made of. */
  readonly detailsIn: readonly string[];
  /** Bedrock's exceptions have a status of their own. */
  readonly status?: number;
  /** Google's metadata are texts. */
  readonly isText?: boolean;
}

const inOpenai = ["error", "details"];

/** One body that a day of 20 tokens affords once: it says 10 of the 20 that it asks for. */
const surfaces: Readonly<Record<string, Surface>> = {
  "openai.chat": {
    path: "/v1/chat/completions",
    body: { model: "sole", messages: user(text), max_tokens: 20 },
    detailsIn: inOpenai,
  },
  "openai.chat, streamed": {
    path: "/v1/chat/completions",
    body: { model: "sole", messages: user(text), max_tokens: 20, stream: true },
    detailsIn: inOpenai,
  },
  "openai.responses": {
    path: "/v1/responses",
    body: { model: "sole", input: text, max_output_tokens: 20 },
    detailsIn: inOpenai,
  },
  "openai.completions": {
    path: "/v1/completions",
    body: { model: "sole", prompt: text, max_tokens: 20 },
    detailsIn: inOpenai,
  },
  "anthropic.messages": {
    path: "/v1/messages",
    body: { model: "sole", messages: user(text), max_tokens: 20 },
    detailsIn: inOpenai,
  },
  "bedrock.converse": {
    path: "/model/sole/converse",
    body: { messages: user([{ text }]), inferenceConfig: { maxTokens: 20 } },
    detailsIn: ["details"],
    status: 400,
  },
  "gemini.generateContent": {
    path: "/v1beta/models/sole:generateContent",
    body: { contents: [{ parts: [{ text }] }], generationConfig: { maxOutputTokens: 20 } },
    detailsIn: ["error", "details", "0", "metadata"],
    isText: true,
  },
};

/** A level, and what a refusal by its budget is called. */
const levels = {
  tenant: "tenant_daily_output_tokens",
  team: "team_daily_output_tokens",
  key: "key_daily_output_tokens",
  user: "daily_output_tokens",
  rule: "rule_daily_output_tokens",
  session: "session_output",
} as const;

type Level = keyof typeof levels;

const everyLevel = Object.keys(levels).filter((level): level is Level => level in levels);

const budgetOf = (scope: Level) =>
  scope === "session"
    ? { scope, outputTokens: 20 }
    : { scope, window: "day" as const, outputTokens: 20 };

const secretOf = (level: Level): string => `secret-of-the-level-${level}`;

const config = (url: string): ConfigInput => {
  const steered = steeredConfig(url);
  const tenants = everyLevel.map((level) => {
    const keys = [{ id: `of-${level}`, secret: secretOf(level), team: "web" }];
    return [level, { teams: { web: {} }, keys, budgets: [budgetOf(level)] }];
  });
  return { ...steered, tenants: { ...steered.tenants, ...Object.fromEntries(tenants) } };
};

const headersOf = (level: Level) => ({
  authorization: `Bearer ${secretOf(level)}`,
  "x-sekisho-user": "ann",
  "x-sekisho-session": "s1",
  "x-sekisho-rule": "restock",
});

/** What stands at a path of an answer's body. */
function at(body: unknown, path: readonly string[]): Readonly<Record<string, unknown>> {
  let value: unknown = body;
  for (const name of path) {
    assert.ok(typeof value === "object" && value !== null, JSON.stringify(body));
    value = Reflect.get(value, name);
  }
  assert.ok(typeof value === "object" && value !== null, JSON.stringify(body));
  return { ...value };
}

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
  await Promise.all(
    everyLevel.map(async (level) => {
      const { path, body } = surfaces["openai.chat"] ?? assert.fail("no surface");
      const answer = await gateway.post(path, body, headersOf(level));
      assert.equal(answer.status, 200, await answer.text());
    }),
  );
  await gateway.settled();
});
after(() => gateway[Symbol.asyncDispose]());

/** The first moment of the next day, UTC. */
const nextDay = (): string => {
  const today = new Date(gateway.clock.wallMs());
  today.setUTCHours(24, 0, 0, 0);
  return today.toISOString();
};

for (const level of everyLevel) {
  describe(`MON-11 the budget of a ${level} that is spent`, () => {
    const facts = { budgetType: levels[level], limit: 20, used: 10, reserved: 0, needed: 20 };
    const resets = () => (level === "session" ? {} : { resetsAt: nextDay() });

    for (const [name, surface] of Object.entries(surfaces)) {
      test(`is told by ${name}: code, budget, limit, use and reset`, async () => {
        const { path, body, detailsIn, status = 402, isText = false } = surface;
        const calls = gateway.simulator.calls().length;
        const answer = await gateway.post(path, body, headersOf(level));
        const said: unknown = await answer.json();
        assert.equal(answer.status, status, JSON.stringify(said));
        assert.equal(answer.headers.get("x-sekisho-cause"), "budget_exhausted");
        assert.notEqual(answer.headers.get("x-should-retry"), "true");
        assert.equal(answer.headers.get("retry-after"), null);
        const { error_code: code = "budget_exhausted", ...details } = at(said, detailsIn);
        const wanted = Object.entries({ ...facts, ...resets() });
        assert.deepEqual(
          details,
          Object.fromEntries(wanted.map(([key, value]) => [key, isText ? `${value}` : value])),
        );
        assert.equal(code, "budget_exhausted");
        assert.equal(gateway.simulator.calls().length, calls);
      });
    }

    // No frame names a rule.
    if (level === "rule") return;
    test("is told by a session over WebSocket, which stays open", async () => {
      using client = new SessionClient(gateway.url, "", headersOf(level));
      await client.next("authenticated");
      const { body: request } = surfaces["openai.chat"] ?? assert.fail("no surface");
      client.say({ type: "start", id: "one", request, user: "ann", session: "s1" });
      const { id, code, details } = await client.next("error");
      assert.deepEqual([id, code], ["one", "budget_exhausted"]);
      assert.deepEqual(details, { ...facts, ...resets() });
      client.say({ type: "start", id: "two", request: { ...request, model: "nobody" } });
      assert.equal((await client.next("error")).code, "model_not_found");
    });
  });
}
