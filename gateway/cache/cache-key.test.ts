import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import type { CachePolicy, CacheScope } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import type { Plan } from "../plan.ts";
import type { SurfaceHead } from "../request.ts";
import { validate } from "../validate/validate.ts";
import { cacheKeyOf } from "./cache-key.ts";

interface Whole {
  readonly tenant: string;
  readonly team: string | null;
  readonly keyId: string;
  readonly user: string | null;
  readonly model: string;
  readonly body: object;
  readonly scope: CacheScope;
  readonly byTemperature: boolean;
}

type Asked = Partial<Whole>;

const chat = { model: "fast", messages: [{ role: "user", content: "Hello" }] };

function keyOf(asked: Asked): string | null {
  const { tenant = "t", team = null, keyId = "k", user = null, model = "m" } = asked;
  const { body = chat, scope = "tenant", byTemperature = true } = asked;
  const bytes = Buffer.from(JSON.stringify(body));
  const policy: CachePolicy = { use: "always", ttlMs: 1, scope, byTemperature };
  // As much of a call and a plan as a key is made of.
  const call = {
    request: clientRequest(validate({ surface: "openai.chat" }, bytes), bytes),
    principal: { tenant, team, keyId },
    attribution: { user },
    entry: { name: "fast" },
  } as unknown as Call;
  const defaults = { temperature: null, topP: null };
  const plan = { attempts: [{ target: { upstreamModel: model }, defaults }] } as unknown as Plan;
  return cacheKeyOf({ call, plan, body: bytes }, policy);
}

test("STR-14 a key is whole, and the same for requests that say the same", () => {
  const key = keyOf({});
  assert.match(key ?? "", /^[0-9a-f]{64}$/);
  // The form of the answer, the end user and the order of members say nothing.
  const { model, messages } = chat;
  const others = {
    messages,
    stream: true,
    stream_options: { include_usage: true },
    user: "u",
    model,
  };
  assert.equal(keyOf({ body: others }), key);
});

const differing: readonly (readonly [what: string, asked: Asked])[] = [
  ["the model", { model: "n" }],
  ["the alias", { body: { ...chat, model: "quality" } }],
  ["a word", { body: { ...chat, messages: [{ role: "user", content: "Hello!" }] } }],
  [
    "an instruction",
    { body: { ...chat, messages: [{ role: "system", content: "x" }, ...chat.messages] } },
  ],
  ["the temperature", { body: { ...chat, temperature: 0.5 } }],
  ["the cap", { body: { ...chat, max_tokens: 5 } }],
  ["the seed", { body: { ...chat, seed: 5 } }],
  ["a stop word", { body: { ...chat, stop: ["a"] } }],
  ["a tool", { body: { ...chat, tools: [{ type: "function", function: { name: "f" } }] } }],
  ["the format", { body: { ...chat, response_format: { type: "json_object" } } }],
  ["what only its dialect knows", { body: { ...chat, logit_bias: { "5": 1 } } }],
];
for (const [what, asked] of differing) {
  test(`STR-14 ${what} is part of what a request says`, () => {
    assert.ok(keyOf(asked) !== null);
    assert.notEqual(keyOf(asked), keyOf({}));
  });
}

test("STR-14 the temperature counts unless it is configured not to", () => {
  const warm = { body: { ...chat, temperature: 0.5 }, byTemperature: false };
  assert.equal(keyOf(warm), keyOf({ byTemperature: false }));
});

test("STR-14 no key for several answers, references, nobody's where users are apart", () => {
  assert.equal(keyOf({ body: { ...chat, n: 2 } }), null);
  const url = "https://example.com/a.png";
  const image = { role: "user", content: [{ type: "image_url", image_url: { url } }] };
  assert.equal(keyOf({ body: { ...chat, messages: [image] } }), null);
  assert.equal(keyOf({ scope: "user" }), null);
});

test("STR-14 what is configured for a surface, or a session's dialect, is part of it too", () => {
  const keyOfHead = (said: SurfaceHead, body: object): string | null => {
    const bytes = Buffer.from(JSON.stringify(body));
    const policy: CachePolicy = { use: "always", ttlMs: 1, scope: "tenant", byTemperature: true };
    // As much of a call and a plan as a key is made of.
    const call = {
      request: clientRequest(validate(said, bytes), bytes),
      principal: { tenant: "t", team: null, keyId: "k" },
      attribution: { user: null },
      entry: { name: "fast" },
    } as unknown as Call;
    const plan = {
      attempts: [{ target: { upstreamModel: "m" }, defaults: {} }],
    } as unknown as Plan;
    return cacheKeyOf({ call, plan, body: bytes }, policy);
  };
  const setup = { model: "fast", systemPrompt: "Be brief", temperature: null, topK: null };
  const other = { ...setup, systemPrompt: "Be kind" };
  const plain = (head: typeof setup) =>
    keyOfHead({ surface: "chat", setup: head }, { content: "Hello" });
  assert.notEqual(plain(setup), plain(other));
  const body = { ...chat, max_tokens: 5, top_k: 3, stream: true };
  const start = (dialect: "openai" | "anthropic") =>
    keyOfHead({ surface: "stream", dialect }, body);
  assert.notEqual(start("openai"), start("anthropic"));
});

const names = fc.oneof(
  fc.string(),
  fc.constantFrom("a", "b", "1:a", '"', "\u0000", "tenant", "key"),
);
const asked = fc.record({
  tenant: names,
  team: fc.option(names),
  keyId: names,
  user: fc.option(names),
  model: names,
  body: fc.record({
    model: fc.constant("fast"),
    messages: fc.array(fc.record({ role: fc.constant("user"), content: fc.string() }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  scope: fc.constantFrom<CacheScope>("tenant", "team", "key", "user"),
});

/** Whom answers are shared with, written down apart from the key. */
const groupOf = ({ scope, tenant, team, keyId, user }: Omit<Whole, "byTemperature">) => [
  tenant,
  ...(scope === "tenant"
    ? ["all"]
    : scope === "user"
      ? ["user", user]
      : scope === "team" && team !== null
        ? ["team", team]
        : ["key", keyId]),
];

test("STR-14 requests share a key only within tenant and group, for the same words", () => {
  fc.assert(
    fc.property(asked, asked, (one, two) => {
      const [first, second] = [keyOf(one), keyOf(two)];
      if (first === null || second === null) return;
      const saidBy = (each: typeof one) =>
        JSON.stringify([groupOf(each), each.model, each.body.messages]);
      assert.equal(first === second, saidBy(one) === saidBy(two));
    }),
    { numRuns: 500 },
  );
  // The same words of another tenant, whatever else is the same.
  fc.assert(
    fc.property(asked, names, (one, tenant) => {
      fc.pre(tenant !== one.tenant);
      const other = keyOf({ ...one, tenant });
      assert.ok(other === null || other !== keyOf(one));
    }),
  );
});
