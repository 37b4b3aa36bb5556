import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import fc from "fast-check";
import { KnownRequests, type AskedBody } from "./known-requests.ts";
import type { AnyHead, SurfaceHead, SurfaceRequest } from "../request.ts";
import { validate, validateEmbedding } from "../validate/validate.ts";

const chat: SurfaceHead = { surface: "openai.chat" };

const bodyOf = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));

const ask = (content: string, over: Partial<AskedBody<SurfaceHead>> = {}) => ({
  tenant: "t",
  said: chat,
  body: bodyOf(content),
  read: validate,
  ...over,
});

const textOf = (said: AnyHead, body: Buffer): string => JSON.stringify([said, [...body]]);
/** Of what each request was made. */
const origins = new WeakMap<SurfaceRequest, string>();
const made = (said: AnyHead, body: Buffer): SurfaceRequest => {
  // No more of it is looked at.
  const request = { read: { forget() {} } } as unknown as SurfaceRequest;
  origins.set(request, textOf(said, body));
  return request;
};

test("PRF-7 a request that was answered is found by its bytes and has forgotten its parse", () => {
  const requests = new KnownRequests(new VirtualClock());
  assert.equal(requests.find(ask("Hello")), null);
  const asked = ask("Hello");
  requests.keep(asked, 0);
  const found = requests.find(ask("Hello"));
  assert.deepEqual(found?.request.read.facts, validate(chat, asked.body).read.facts);
  // It is read from memory of its own: that of its connection is somebody else's by then.
  const before = requests.find(ask("Hello"))?.request.read.toCanonical();
  asked.body.fill(0x20);
  found?.request.read.forget();
  assert.deepEqual(requests.find(ask("Hello"))?.request.read.toCanonical(), before);
});

const heads: readonly AnyHead[] = [
  { surface: "openai.chat" },
  { surface: "openai.completions" },
  { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: null } },
  { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: "a" } },
  { surface: "bedrock.converse", path: { model: "m", stream: false } },
  { surface: "bedrock.converse", path: { model: "m", stream: true } },
  { surface: "bedrock.converse", path: { model: "n", stream: true } },
  {
    surface: "bedrock.invoke",
    path: { model: "m", stream: false },
    head: { headers: new Map([["a", "b"]]) },
  },
  {
    surface: "bedrock.invoke",
    path: { model: "m", stream: false },
    head: { headers: new Map([["a", "c"]]) },
  },
];
const other = (said: AnyHead, body: Buffer): SurfaceRequest => made(said, body);

const question = fc.record({
  tenant: fc.constantFrom("t", "u", "", "toString", "__proto__"),
  said: fc.constantFrom(...heads),
  body: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(bodyOf("a"), bodyOf("b"))),
  read: fc.constantFrom(made, other),
});

test("PRF-7 nothing is found of another tenant, byte, head or reader", () => {
  const requests = new KnownRequests(new VirtualClock(), {
    longestBytes: 100,
    bytes: 40_000,
    idleMs: 1_000,
  });
  const kept = new Set<string>();
  const named = (asked: AskedBody): string =>
    JSON.stringify([
      asked.tenant,
      asked.said,
      headersOf(asked.said),
      [...asked.body],
      asked.read === made,
    ]);
  const step = fc.record({ asked: question, keeps: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      for (const { asked: raw, keeps } of steps) {
        const asked = { ...raw, body: Buffer.from(raw.body) };
        const found = requests.find(asked);
        if (found !== null) {
          assert.ok(kept.has(named(asked)), "it was never kept");
          assert.equal(origins.get(found.request), textOf(asked.said, asked.body));
        }
        if (!keeps) continue;
        requests.keep(asked, 0);
        kept.add(named(asked));
        assert.ok(requests.find(asked) !== null, "it is found at once");
        assert.ok(requests.bytes <= 40_000, `${requests.bytes} bytes`);
      }
    }),
    { numRuns: 300 },
  );
});

/** A map is written as nothing. */
const headersOf = (said: AnyHead) =>
  said.surface === "bedrock.invoke" ? [...said.head.headers] : [];

test("PRF-7 long bodies, and what is read from more than its bytes, are read again", () => {
  const requests = new KnownRequests(new VirtualClock());
  const setup = { model: "m", systemPrompt: "x", temperature: null, topK: null };
  const left: readonly AskedBody<SurfaceHead>[] = [
    ask("a".repeat(8_192)),
    ask("a", { said: { surface: "library" } }),
    ask("a", { said: { surface: "stream", dialect: "openai" } }),
    ask("a", { said: { surface: "openai.responses" } }),
    { ...ask("a"), said: { surface: "chat", setup }, body: Buffer.from('{"content":"a"}') },
  ];
  for (const asked of left) {
    requests.keep(asked, 0);
    assert.equal(requests.find(asked), null, asked.said.surface);
  }
  assert.equal(requests.bytes, 0);
});

test("PRF-7 many that come at once are read once more in all", () => {
  const requests = new KnownRequests(new VirtualClock());
  let reads = 0;
  const read = (said: SurfaceHead, body: Buffer): SurfaceRequest => {
    reads += 1;
    return validate(said, body);
  };
  for (let n = 0; n < 64; n += 1) requests.keep(ask("Hello", { read }), 0);
  assert.equal(reads, 1);
});

test("PRF-7 memory is bounded, and what is asked for stays in it", () => {
  const requests = new KnownRequests(new VirtualClock());
  const often = ask("often");
  requests.keep(often, 0);
  let most = 0;
  for (let n = 0; n < 4_000; n += 1) {
    requests.keep(ask(`${"a".repeat(7_000)}${n}`, { tenant: String(n % 7) }), 0);
    assert.ok(requests.find(often) !== null, `after ${n}`);
    most = Math.max(most, requests.bytes);
  }
  assert.ok(most <= 8 * 1_048_576 && most > 6_000_000, `${most} bytes`);
  assert.equal(requests.find(ask(`${"a".repeat(7_000)}0`, { tenant: "0" })), null);
});

test("PRF-7 memory is bounded by what is held, also where one body is a large share", () => {
  for (const length of [1_500, 1_900, 2_600, 7_000]) {
    const limits = { longestBytes: 8_192, bytes: 40_000, idleMs: 1_000 };
    const requests = new KnownRequests(new VirtualClock(), limits);
    for (let n = 0; n < 40; n += 1) {
      requests.keep(ask(`${"a".repeat(length)}${n}`), 0);
      assert.ok(requests.bytes <= limits.bytes, `${requests.bytes} bytes at ${length}`);
    }
  }
});

test("PRF-7 what nobody asks again is forgotten after a minute, what is erased at once", () => {
  const clock = new VirtualClock();
  const requests = new KnownRequests(clock);
  requests.keep(ask("once"), 0);
  requests.keep(ask("often"), 0);
  for (let n = 0; n < 10; n += 1) {
    clock.advanceBy(30_000);
    assert.ok(requests.find(ask("often")) !== null);
  }
  assert.equal(requests.find(ask("once")), null);
  requests.clear();
  assert.equal(requests.bytes, 0);
  assert.equal(requests.find(ask("often")), null);
  // It goes on, and lets go of all.
  requests.keep(ask("again"), clock.monotonicMs());
  clock.advanceBy(120_000);
  assert.equal(requests.bytes, 0);
});

test("SEC-16 what had arrived before something was forgotten is not taken in behind it", () => {
  const clock = new VirtualClock();
  const requests = new KnownRequests(clock);
  const arrivedMs = clock.monotonicMs();
  clock.advanceBy(1);
  requests.clear();
  requests.keep(ask("under way"), arrivedMs);
  assert.equal(requests.find(ask("under way")), null);
  assert.equal(requests.bytes, 0);
  requests.keep(ask("under way"), clock.monotonicMs());
  assert.ok(requests.find(ask("under way")) !== null);
});

test("PRF-7 what is held has the length of the body, and counts what readers hold on to", () => {
  const requests = new KnownRequests(new VirtualClock());
  const held: Buffer[] = [];
  const read = (said: SurfaceHead, body: Buffer): SurfaceRequest => {
    held.push(body);
    return made(said, body);
  };
  const small = Buffer.from("small");
  requests.keep(ask("", { body: small, read }), 0);
  assert.deepEqual(held, [small]);
  assert.equal(held[0]?.buffer.byteLength, small.length, "a slice of the pool holds 64 KiB");
  const bytes = (asked: AskedBody<SurfaceHead>): number => {
    const before = requests.bytes;
    requests.keep(asked, 0);
    return requests.bytes - before;
  };
  const body = Buffer.from(JSON.stringify({ model: "m", prompt: "a".repeat(4_000) }));
  const completion = bytes(ask("", { body, said: { surface: "openai.completions" } }));
  assert.ok(completion > 6 * body.length, `${completion} bytes`);
  const chat = bytes(ask("a".repeat(4_000)));
  assert.ok(chat < 4 * body.length, `${chat} bytes`);
});

test("PRF-7 a body for vectors is not taken for one of words", () => {
  const requests = new KnownRequests(new VirtualClock());
  const head = {
    surface: "bedrock.invoke",
    path: { model: "amazon.titan-embed-text-v2:0", stream: false },
    head: { headers: new Map() },
  } as const;
  const body = Buffer.from('{"inputText":"a"}');
  requests.keep({ tenant: "t", said: head, body, read: validateEmbedding }, 0);
  assert.equal(requests.find({ tenant: "t", said: head, body, read: validate }), null);
  const found = requests.find({ tenant: "t", said: head, body, read: validateEmbedding });
  assert.ok(found?.request.read.facts.embedding !== undefined);
});
