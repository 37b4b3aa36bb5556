import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../harness/openai-client.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

/** Who leaves is back within it, however busy the machine is. */
const graceMs = 2_000;

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => ({ ...steeredConfig(url), streams: { graceMs } }),
  });
});
after(() => gateway[Symbol.asyncDispose]());

let made = 0;
const newKey = (): string => `order-${(made += 1)}`;

/** Tests run one after the other: how often the provider was asked meanwhile. */
async function counted<T>(act: () => Promise<T>): Promise<readonly [T, number]> {
  const before = gateway.simulator.calls().length;
  return [await act(), gateway.simulator.calls().length - before];
}

const messages = (content: string) => [{ role: "user", content }];

const ask = (key: string, text: string, rest: object = {}): Promise<Response> =>
  gateway.chat(text, { max_tokens: 1_000, ...rest }, { "idempotency-key": key });

const isReplayed = ({ headers }: Response): boolean => headers.get("x-sekisho-replayed") === "true";

const converse = (text: string) => ({ messages: [{ role: "user", content: [{ text }] }] });
const generate = (text: string) => ({ contents: [{ role: "user", parts: [{ text }] }] });
const nova = (text: string) => ({ schemaVersion: "messages-v1", ...converse(text) });

type Asked = (text: string) => object;

const both = (bodyOf: Asked): readonly [whole: Asked, stream: Asked] =>
  [false, true].map((stream) => (text: string) => ({ model: "sole", stream, ...bodyOf(text) })) as [
    Asked,
    Asked, // one of each
  ];

const [chat, chatStream] = both((text) => ({ messages: messages(text) }));
const [complete, completeStream] = both((prompt) => ({ prompt }));
const [respond, respondStream] = both((input) => ({ input, store: false }));
const [message, messageStream] = both((text) => ({ messages: messages(text), max_tokens: 200 }));

/** Each way in with its own words for a question. */
const surfaces: readonly (readonly [path: string, bodyOf: Asked])[] = [
  ["/v1/chat/completions", chat],
  ["/v1/chat/completions", chatStream],
  ["/v1/completions", complete],
  ["/v1/completions", completeStream],
  ["/v1/responses", respond],
  ["/v1/responses", respondStream],
  ["/v1/messages", message],
  ["/v1/messages", messageStream],
  ["/model/sole/converse", converse],
  ["/model/sole/converse-stream", converse],
  ["/model/sole/invoke", nova],
  ["/model/sole/invoke-with-response-stream", nova],
  ["/v1beta/models/sole:generateContent", generate],
  ["/v1beta/models/sole:streamGenerateContent?alt=sse", generate],
];

const sameHeaders = ["content-type", "x-sekisho-provider", "x-sekisho-model", "x-sekisho-attempts"];

const headOf = ({ status, headers }: Response) => [
  status,
  ...sameHeaders.map((name) => headers.get(name)),
];

for (const [n, [path, bodyOf]] of surfaces.entries()) {
  test(`STR-13 ${n} ${path}: two racers are one call, the third gets the same bytes`, async () => {
    const key = newKey();
    const post = () =>
      gateway.post(path, bodyOf("Race [[sim: tokens=20 tps=200]]"), { "idempotency-key": key });
    const [answers, calls] = await counted(async () => {
      const racers = await Promise.all([post(), post()]);
      const bodies = await Promise.all(racers.map((each) => each.bytes()));
      const third = await post();
      return [...racers, third].map((each, at) => ({ each, body: bodies[at] ?? null, third }));
    });
    const [first, second, third] = answers.map(({ each }) => each);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const [one, two] = answers.map(({ body }) => body);
    const three = await third.bytes();
    assert.equal(first.status, 200, Buffer.from(one ?? []).toString());
    assert.ok((one?.length ?? 0) > 100);
    assert.deepEqual([two, three], [one, one]);
    assert.deepEqual([headOf(second), headOf(third)], [headOf(first), headOf(first)]);
    assert.equal([first, second].filter(isReplayed).length, 1);
    assert.ok(isReplayed(third));
    assert.equal(calls, 1);
  });
}

test("STR-13 a reader that comes in the middle gets what went before as well", async () => {
  const key = newKey();
  const text = "Go on [[sim: tokens=60 pause=30]]";
  const [texts, calls] = await counted(async () => {
    const reader = new SseReader(await ask(key, text, { stream: true }));
    const seen = [];
    for (let n = 0; n < 20; n += 1) seen.push((await reader.next())?.raw ?? assert.fail("short"));
    const late = await ask(key, text, { stream: true });
    assert.ok(isReplayed(late));
    assert.equal(late.headers.get("x-sekisho-cost-nano-usd"), "0");
    await gateway.letGo();
    const [rest, whole] = await Promise.all([reader.rest(), late.text()]);
    return [[...seen, ...rest.map(({ raw }) => raw)].join(""), whole];
  });
  assert.equal(texts[1], texts[0]);
  assert.equal(calls, 1);
});

test("STR-13 another request with the same key is 422, another spelling is not", async () => {
  const key = newKey();
  const text = "Hello [[sim: tokens=3]]";
  const first = await ask(key, text, { temperature: 0.5 });
  const said = JSON.stringify(messages(text));
  const body = `{"temperature":0.5, "max_tokens":1000, "messages":${said}, "model":"sole"}`;
  const same = await gateway.post("/v1/chat/completions", body, { "idempotency-key": key });
  assert.equal(await same.text(), await first.text());
  for (const rest of [{ temperature: 0.50001 }, { temperature: 0.5, stream: true }]) {
    const other = await ask(key, text, rest);
    assert.equal(other.status, 422);
    assert.equal(other.headers.get("x-sekisho-cause"), "idempotency_mismatch");
    assert.equal(other.headers.get("x-should-retry"), "false");
  }
  // Another surface is another name.
  const elsewhere = await gateway.post("/v1/messages", message(text), { "idempotency-key": key });
  assert.equal(elsewhere.status, 200);
  assert.ok(!isReplayed(elsewhere));
});

test("STR-13 two racers with different bodies: one is answered, one is 422", async () => {
  const key = newKey();
  const racers = await Promise.all(
    ["one", "two"].map((text) => ask(key, `${text} [[sim: tokens=3]]`)),
  );
  assert.deepEqual(new Set(racers.map(({ status }) => status)), new Set([200, 422]));
});

test("STR-13 a repetition costs nothing and says so, and the books have one call", async () => {
  const key = newKey();
  const first = await ask(key, "Hello [[sim: tokens=3]]");
  await first.text();
  const before = (await gateway.usage()).costNanoUsd;
  const again = await ask(key, "Hello [[sim: tokens=3]]");
  await again.text();
  assert.ok(Number(first.headers.get("x-sekisho-cost-nano-usd")) > 0);
  assert.equal(again.headers.get("x-sekisho-cost-nano-usd"), "0");
  const firstId = first.headers.get("x-sekisho-request-id");
  assert.equal(again.headers.get("x-sekisho-first-request-id"), firstId);
  assert.notEqual(again.headers.get("x-sekisho-request-id"), firstId);
  assert.equal((await gateway.usage()).costNanoUsd, before);
});

test("STR-13 the openai SDK with idempotencyKey is given the same twice", async () => {
  const plain = openaiClient(gateway);
  class NamingClient extends OpenAI {
    protected override idempotencyHeader = "Idempotency-Key";
  }
  const client = new NamingClient({ apiKey: plain.apiKey, baseURL: plain.baseURL, maxRetries: 0 });
  const request = { model: "sole", messages: asks("Hello [[sim: tokens=5]]") };
  const [[one, two], calls] = await counted(() => {
    const idempotencyKey = newKey();
    return Promise.all([
      client.chat.completions.create(request, { idempotencyKey }),
      client.chat.completions.create(request, { idempotencyKey }),
    ]);
  });
  assert.deepEqual({ ...two, _request_id: null }, { ...one, _request_id: null });
  assert.equal(calls, 1);
  const idempotencyKey = newKey();
  const streamed = async () => {
    const stream = await client.chat.completions.create(
      { ...request, stream: true },
      { idempotencyKey },
    );
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  };
  const chunks = await streamed();
  assert.ok(chunks.length > 4);
  assert.deepEqual(await streamed(), chunks);
});

test("STR-13 who leaves and comes back within the grace finds the call that runs", async () => {
  for (const stream of [false, true]) {
    const key = newKey();
    const leaving = new AbortController();
    const body = { model: "sole", stream, messages: messages("Go on [[sim: tokens=30 pause=10]]") };
    const [answer, calls] = await counted(async () => {
      const first = fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${gateway.key}`,
          "content-type": "application/json",
          "idempotency-key": key,
        },
        body: JSON.stringify(body),
        signal: leaving.signal,
      });
      first.then((each) => each.text()).catch(() => {});
      await gateway.simulator.whenHeld(1);
      leaving.abort();
      const repeated = gateway.post("/v1/chat/completions", body, { "idempotency-key": key });
      await gateway.letGo();
      const again = await repeated;
      return { again, text: await again.text() };
    });
    assert.ok(isReplayed(answer.again));
    assert.match(answer.text, stream ? /\[DONE\]/ : /"finish_reason": ?"(stop|length)"/);
    assert.equal(calls, 1);
  }
});

test("MON-14 a whole answer whose client has left is wasted, whoever asks later", async () => {
  const key = newKey();
  const text = "Go on [[sim: tokens=60 tps=100]]";
  const already = (await gateway.settled()).rows.length;
  const calls = gateway.simulator.calls().length;
  const leaving = new AbortController();
  const first = fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify({ model: "sole", messages: messages(text), max_tokens: 1_000 }),
    signal: leaving.signal,
  });
  const rejected = assert.rejects(first);
  await until("the provider is asked", () => gateway.simulator.calls().length > calls || null);
  leaving.abort();
  await rejected;
  const rows = await until("its rows", async () => {
    const added = (await gateway.settled()).rows.slice(already);
    return added.length === 2 ? added : null;
  });
  const waste = rows.map(({ delivered, wasted, output }) => [delivered, wasted, output]);
  assert.deepEqual(waste, [
    [0, 60, 60],
    [0, 60, 60],
  ]);
  const replayed = await ask(key, text);
  assert.ok(isReplayed(replayed), await replayed.text());
  assert.deepEqual((await gateway.settled()).rows.slice(already), rows);
});

test("STR-13 a call that nobody came back to answers nobody: the next one is its own", async () => {
  const key = newKey();
  const text = "Go on [[sim: tokens=30 pause=10]]";
  const reader = new SseReader(await ask(key, text, { stream: true }));
  await reader.next();
  await reader.leave();
  await until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );
  await gateway.settled();
  const again = await ask(key, "Hello [[sim: tokens=2]]");
  assert.equal(again.status, 200, await again.text());
  assert.ok(!isReplayed(again));
});

// What may succeed the next time is not kept; what would be refused again is.
for (const [fault, status, isKept] of [
  ["500", 502, false],
  ["429", 429, false],
  ["content-filter", 400, true],
  ["400", 400, true],
] as const) {
  test(`STR-13 after a ${fault} the next ${isKept ? "gets the same" : "is its own"}`, async () => {
    const key = newKey();
    const text = `Hello [[sim: fault=${fault}]]`;
    const [[first, again], calls] = await counted(async () => {
      const one = await ask(key, text);
      const said = await one.text();
      await gateway.settled();
      const two = await ask(key, text);
      return [
        { status: one.status, said },
        { status: two.status, said: await two.text(), isReplayed: isReplayed(two) },
      ];
    });
    assert.equal(first?.status, status);
    assert.equal(again?.status, status);
    assert.deepEqual([again?.isReplayed, calls], [isKept, isKept ? 1 : 2]);
    if (isKept) assert.equal(again?.said, first?.said);
  });
}

test("STR-13 a refusal before the provider is asked leaves the name free", async () => {
  const key = newKey();
  const refused = await ask(key, "Hello", { model: "nobody" });
  assert.equal(refused.status, 404);
  const answered = await ask(key, "Hello [[sim: tokens=2]]");
  assert.equal(answered.status, 200, await answered.text());
});

test("STR-13 a name is 1 to 255 visible ASCII characters", async () => {
  for (const name of ["a b", "ü", "x".repeat(256)]) {
    const answer = await ask(name, "Hello [[sim: tokens=1]]");
    assert.equal(answer.status, 400, name);
    assert.match(await answer.text(), /idempotency-key/);
  }
  const longest = await ask("x".repeat(255), "Hello [[sim: tokens=1]]");
  assert.equal(longest.status, 200, await longest.text());
});
