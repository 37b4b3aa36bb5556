import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import type { CachePolicy } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import type { Plan } from "../plan.ts";
import type { SurfaceHead } from "../request.ts";
import { validate } from "../validate/validate.ts";
import { cacheKeyOf } from "./cache-key.ts";

function keyOf(said: SurfaceHead, text: string, tenant = "t"): string | null {
  const body = Buffer.from(text);
  const policy: CachePolicy = { use: "always", ttlMs: 1, scope: "tenant", byTemperature: true };
  // As much of a call and a plan as a key is made of.
  const call = {
    request: clientRequest(validate(said, body), body),
    principal: { tenant, team: null, keyId: "k" },
    attribution: { user: null },
    entry: { name: "fast" },
  } as unknown as Call; // a key is made of nothing else
  const attempts = [{ target: { upstreamModel: "m" }, defaults: {} }];
  const plan = { attempts } as unknown as Plan; // nothing else of it is looked at
  return cacheKeyOf({ call, plan, body }, policy);
}

/** Null too where the body is refused: it has no answer. */
function triedKeyOf(said: SurfaceHead, text: string, tenant?: string): string | null {
  try {
    return keyOf(said, text, tenant);
  } catch {
    return null;
  }
}

const chat: SurfaceHead = { surface: "openai.chat" };
const schema = { type: "object", properties: { a: { type: "string", maxLength: 5 } } };
const image = { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" };
const path = { model: "fast", stream: false };

/** Requests with as many members as their dialects have, and how they are asked. */
const requests: readonly (readonly [SurfaceHead, object])[] = [
  [chat, { model: "fast", seed: 5, messages: [{ role: "user", content: "Hello" }] }],
  [
    chat,
    {
      model: "fast",
      messages: [
        { role: "system", content: [{ type: "text", text: "Be brief" }] },
        { role: "user", name: "b", content: [{ type: "text", text: "Hello" }] },
        { role: "user", content: [{ type: "image_url", image_url: image }] },
        {
          role: "assistant",
          content: "So",
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "Done" },
      ],
      tools: [{ type: "function", function: { name: "f", parameters: schema, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      response_format: { type: "json_schema", json_schema: { name: "n", schema } },
      stop: ["a", "b"],
      logit_bias: { "5": 1 },
      temperature: 0.5,
    },
  ],
  [
    { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: null } },
    {
      model: "fast",
      max_tokens: 50,
      system: [{ type: "text", text: "Be brief", cache_control: { type: "ephemeral" } }],
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: { a: 1 } }] },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "c",
              content: [{ type: "text", text: "r" }],
            },
          ],
        },
      ],
      tools: [{ name: "f", description: "d", input_schema: schema }],
      top_k: 4,
    },
  ],
  [
    { surface: "bedrock.converse", path },
    {
      system: [{ text: "Be brief" }],
      messages: [
        { role: "user", content: [{ text: "Hello" }] },
        { role: "assistant", content: [{ toolUse: { toolUseId: "c", name: "f", input: {} } }] },
        { role: "user", content: [{ toolResult: { toolUseId: "c", content: [{ text: "r" }] } }] },
      ],
      inferenceConfig: { maxTokens: 50, temperature: 0.5 },
      toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: schema } } }] },
      additionalModelRequestFields: { top_k: 4 },
    },
  ],
  [
    { surface: "gemini.generateContent", path },
    {
      systemInstruction: { parts: [{ text: "Be brief" }] },
      contents: [
        { role: "user", parts: [{ text: "Hello" }] },
        { role: "model", parts: [{ functionCall: { name: "f", args: { a: 1 } } }] },
        { role: "user", parts: [{ functionResponse: { name: "f", response: { r: 1 } } }] },
      ],
      generationConfig: { maxOutputTokens: 50, temperature: 0.5, seed: 5 },
      tools: [{ functionDeclarations: [{ name: "f", parameters: schema }] }],
    },
  ],
];

/** What one place of a body may be changed to, each of them in the words of JSON. */
const marks = ["«text»", "«more»", "«double»"] as const;
type Mark = (typeof marks)[number];

/** The body with one of its places changed; places are counted from its top. */
function changed(body: object, place: number, mark: Mark): string {
  let left = place;
  const copy = (value: unknown): unknown => {
    left -= 1;
    if (left === -1) return touched(value, mark);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, copy(own)]));
  };
  const text = JSON.stringify(copy(body));
  return text
    .replace('"«precise»"', "9007199254740993")
    .replace('"«first»":0,"«second»":0', '"twice":1,"twice":0');
}

function touched(value: unknown, mark: Mark): unknown {
  if (Array.isArray(value)) return value.toReversed().slice(mark === "«text»" ? 1 : 0);
  if (typeof value === "object" && value !== null) {
    return mark === "«double»"
      ? { ...value, "«first»": 0, "«second»": 0 }
      : { ...value, unknown: mark === "«more»" ? { a: [1] } : "x" };
  }
  if (typeof value === "number") return mark === "«double»" ? "«precise»" : value + 1;
  if (typeof value === "boolean") return !value;
  return mark === "«double»" ? 5 : `${String(value)}${mark === "«more»" ? " " : "x"}`;
}

test("STR-14 whatever is changed at whatever place of a body is another request", () => {
  const which = fc.constantFrom(...requests);
  fc.assert(
    fc.property(which, fc.nat(60), fc.constantFrom(...marks), ([said, body], place, mark) => {
      const text = changed(body, place, mark);
      const [own, other] = [keyOf(said, JSON.stringify(body)), triedKeyOf(said, text)];
      if (text === JSON.stringify(body)) assert.equal(other, own);
      else assert.notEqual(other, own, text);
    }),
    { numRuns: 600 },
  );
});

test("STR-14 no request of another tenant has its key, however it is changed", () => {
  const which = fc.constantFrom(...requests);
  fc.assert(
    fc.property(which, fc.nat(60), fc.string(), ([said, body], place, tenant) => {
      fc.pre(tenant !== "t");
      const own = keyOf(said, JSON.stringify(body));
      for (const mark of marks) {
        assert.notEqual(triedKeyOf(said, changed(body, place, mark), tenant), own);
      }
      assert.notEqual(keyOf(said, JSON.stringify(body), tenant), own);
    }),
    { numRuns: 100 },
  );
});

const withMember = (member: string): string =>
  `{"model":"fast","messages":[{"role":"user","content":"Hello"}]${member}}`;

const pairs: readonly (readonly [what: string, one: string, other: string, isSame: boolean])[] = [
  ["a seed above 2^53", ',"seed":9007199254740993', ',"seed":9007199254740992', false],
  ["another seed above it", ',"seed":9007199254740993', ',"seed":9007199254740995', false],
  ["-0", ',"temperature":-0', ',"temperature":0', false],
  ["1.0", ',"temperature":1.0', ',"temperature":1', true],
  ["1e0", ',"temperature":1e0', ',"temperature":1', true],
  ["0.0", ',"temperature":0.0', ',"temperature":0', true],
  ["a number with more digits than a double", ',"x":0.10000000000000000001', ',"x":0.1', false],
  ["a number beyond a double", ',"x":1e400', ',"x":-1e400', false],
  ["a number too small for one", ',"x":1e-400', ',"x":0', false],
  ["a member twice", ',"x":1,"x":2', ',"x":2', false],
  ["a member twice below", ',"x":{"a":1,"a":2}', ',"x":{"a":2}', false],
  ["__proto__", ',"x":{"__proto__":1}', ',"x":{}', false],
  ["half a surrogate", ',"x":"\\ud800"', ',"x":"\\ud801"', false],
  ["an escape", ',"user":"\\u0041","x":"\\u0041"', ',"x":"A"', true],
  ["spaces", ' , "x" : [ 1 , "a  b" ]', ',"x":[1,"a  b"]', true],
  ["spaces in a text", ',"x":"a b"', ',"x":"a  b"', false],
];
for (const [what, one, other, isSame] of pairs) {
  test(`STR-14 ${isSame ? "the same" : "another"} request: ${what}`, () => {
    const [first, second] = [one, other].map((each) => keyOf(chat, withMember(each)));
    assert.equal(typeof first, "string");
    assert.equal(first === second, isSame);
  });
}

test("STR-14 a developer is no system prompt; form and user of a request say nothing", () => {
  const asked = (role: string, rest = ""): string | null =>
    keyOf(chat, withMember(rest).replace("[{", `[{"role":"${role}","content":"x"},{`));
  assert.notEqual(asked("developer"), asked("system"));
  assert.equal(asked("system", ',"stream":true,"user":"u"'), asked("system"));
  assert.equal(asked("developer", ',"stream":true,"user":"u"'), asked("developer"));
});

test("STR-14 bodies of more than 256 KiB count as they are", () => {
  const long = "x".repeat(300_000);
  const body = (rest = "") => withMember(rest).replace("Hello", long);
  assert.equal(keyOf(chat, body()), keyOf(chat, body()));
  assert.notEqual(keyOf(chat, body()), keyOf(chat, body(',"stream":true')));
});
