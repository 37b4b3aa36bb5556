import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../harness/openai-client.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config: steeredConfig });
});
after(() => gateway[Symbol.asyncDispose]());

let made = 0;
/** A question that nobody has asked before. */
const fresh = (): string => `Question ${(made += 1)} [[sim: tokens=12]]`;

/** Tests run one after the other: how often the provider was asked meanwhile. */
async function counted<T>(act: () => Promise<T>): Promise<readonly [T, number]> {
  const before = gateway.simulator.calls().length;
  return [await act(), gateway.simulator.calls().length - before];
}

const ask = (text: string, rest: object = {}, said = "ttl"): Promise<Response> =>
  gateway.chat(text, { max_tokens: 1_000, ...rest }, { "x-sekisho-cache": said });

const markOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cache");
const costOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cost-nano-usd");
const keyOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cache-key");

const messages = (content: string) => [{ role: "user", content }];

test("STR-14 who says the same is given the same answer, at cost 0, with a row", async () => {
  const text = fresh();
  const beganMs = performance.now();
  const [[first, second], calls] = await counted(async () => {
    const miss = await ask(text);
    const body = await miss.text();
    const hit = await ask(text);
    assert.equal(await hit.text(), body);
    return [miss, hit] as const;
  });
  assert.equal(calls, 1);
  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.deepEqual([markOf(first), markOf(second)], ["miss", "hit"]);
  assert.match(keyOf(first) ?? "", /^[0-9a-f]{64}$/);
  assert.equal(keyOf(second), keyOf(first));
  const age = second.headers.get("x-sekisho-cache-age") ?? "";
  assert.match(age, /^\d+$/);
  assert.ok(Number(age) <= (performance.now() - beganMs) / 1_000, age);
  assert.equal(costOf(second), "0");
  assert.equal(second.headers.get("x-sekisho-attempts"), "0");
  const [paid] = await gateway.rowsOf(first);
  const [row, ...others] = await gateway.rowsOf(second);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [row?.cached, row?.costNanoUsd, row?.output, row?.outcome, row?.provider],
    ["hit", 0, 0, "ok", "near"],
  );
  assert.ok((paid?.costNanoUsd ?? 0) > 0);
  assert.deepEqual(
    [row?.savedNanoUsd, row?.savedInput, row?.savedOutput],
    [paid?.costNanoUsd, paid?.input, paid?.output],
  );
  assert.equal(paid?.cached, null);
});

test("STR-14 nothing is kept unless asked for, nor with no-store; refresh asks anew", async () => {
  const text = fresh();
  const [, calls] = await counted(async () => {
    for (const said of [undefined, undefined, "no-store", "no-store"]) {
      const headers = said === undefined ? {} : { "x-sekisho-cache": said };
      const answer = await gateway.chat(text, { max_tokens: 1_000 }, headers);
      await answer.text();
      assert.equal(markOf(answer), said === undefined ? null : "bypass");
    }
  });
  assert.equal(calls, 4);
  const [marks, more] = await counted(async () => {
    const marks = [];
    for (const said of ["ttl=60", "ttl=60", "refresh", "ttl=60"]) {
      const answer = await ask(text, {}, said);
      await answer.text();
      marks.push(markOf(answer));
    }
    return marks;
  });
  assert.deepEqual(marks, ["miss", "hit", "refresh", "hit"]);
  assert.equal(more, 2);
});

test("STR-14 what cannot be understood is 400, before anything is asked", async () => {
  const [answer, calls] = await counted(() => ask(fresh(), {}, "ttl=5,no-store"));
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /x-sekisho-cache/);
  assert.equal(calls, 0);
});

test("STR-14 each dialect and form is given what another has asked for", async () => {
  const text = fresh();
  const chat = { model: "sole", messages: messages(text), max_tokens: 200 };
  const contents = [{ role: "user", parts: [{ text }] }];
  const converse = {
    messages: [{ role: "user", content: [{ text }] }],
    inferenceConfig: { maxTokens: 200 },
  };
  const gemini = { contents, generationConfig: { maxOutputTokens: 200 } };
  const requests: readonly (readonly [path: string, body: object])[] = [
    ["/v1/chat/completions", chat],
    ["/v1/chat/completions", { ...chat, stream: true, stream_options: { include_usage: true } }],
    ["/v1/messages", chat],
    ["/v1/messages", { ...chat, stream: true }],
    ["/model/sole/converse", converse],
    ["/model/sole/converse-stream", converse],
    ["/v1beta/models/sole:generateContent", gemini],
    ["/v1beta/models/sole:streamGenerateContent?alt=sse", gemini],
  ];
  const [texts, calls] = await counted(async () => {
    const texts = [];
    for (const [path, body] of requests) {
      const answer = await gateway.post(path, body, { "x-sekisho-cache": "ttl" });
      const bytes = Buffer.from(await answer.bytes()).toString("latin1");
      assert.equal(answer.status, 200, bytes);
      if (markOf(answer) === "hit") assert.equal(costOf(answer), "0", path);
      texts.push([path, markOf(answer), bytes] as const);
    }
    return texts;
  });
  assert.deepEqual(
    texts.map(([path, mark]) => [path, mark]),
    requests.map(([path], n) => [path, n === 0 ? "miss" : "hit"]),
  );
  assert.equal(calls, 1);
  const [, , first = ""] = texts[0] ?? [];
  // The simulated answer's first words stand in each of them.
  const { content } = JSON.parse(first).choices[0].message as { content: string };
  const [word = ""] = content.split(" ");
  for (const [path, , body] of texts) assert.ok(body.includes(word), path);
  for (const [path, , body] of texts.slice(1)) assert.ok(!body.includes("undefined"), path);
});

test("STR-14 a kept answer with a name says as a stream that it costs nothing", async () => {
  const text = fresh();
  await (await ask(text)).text();
  const named = { "x-sekisho-cache": "ttl", "idempotency-key": `kept-${made}` };
  const body = { model: "sole", messages: messages(text), max_tokens: 1_000, stream: true };
  for (const isReplayed of [null, "true"]) {
    const answer = await gateway.post("/v1/chat/completions", body, named);
    await answer.text();
    assert.equal(answer.headers.get("x-sekisho-replayed"), isReplayed);
    assert.deepEqual([markOf(answer), costOf(answer)], ["hit", "0"]);
  }
});

test("STR-14 a client of OpenAI's reads a kept answer as a stream, with its usage", async () => {
  const text = fresh();
  await (await ask(text)).text();
  const [chunks, calls] = await counted(async () => {
    const client = openaiClient(gateway, { defaultHeaders: { "x-sekisho-cache": "ttl" } });
    const stream = await client.chat.completions.create({
      messages: asks(text),
      model: "sole",
      max_tokens: 1_000,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  });
  assert.equal(calls, 0);
  assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, "stop");
  assert.ok((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0);
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
});

const unfit: readonly (readonly [what: string, text: string, rest: object])[] = [
  ["cut by its own limit", "Go on [[sim: tokens=50]]", { max_tokens: 5 }],
  ["refused by a filter", "No [[sim: fault=content-filter]]", {}],
  ["ended by a filter", "No [[sim: fault=filtered]]", {}],
  ["a refusal under the reason of an answer", "No [[sim: fault=refusal]]", {}],
  ["a refusal in a stream", "No [[sim: fault=refusal]]", { stream: true }],
  ["broken off", "Cut [[sim: fault=cut-fin after=5 tokens=20]]", { stream: true }],
  ["an error", "Not now [[sim: fault=500]]", {}],
];
for (const [what, text, rest] of unfit) {
  test(`STR-14 an answer that is ${what} is not kept`, async () => {
    const question = `${fresh()} ${text}`;
    const [marks, calls] = await counted(async () => {
      const marks = [];
      for (let n = 0; n < 2; n += 1) {
        const answer = await ask(question, rest);
        await answer.text();
        marks.push(markOf(answer));
      }
      return marks;
    });
    assert.deepEqual(marks, ["miss", "miss"]);
    assert.equal(calls, 2);
  });
}

test("STR-14 followers read the answer while it grows: one call, rows at cost 0", async () => {
  const text = `${fresh()} [[sim: tokens=40 pause=20]]`;
  const [[first, others], calls] = await counted(async () => {
    const first = await ask(text, { stream: true });
    const reader = new SseReader(first);
    const seen = [];
    for (let n = 0; n < 10; n += 1) seen.push((await reader.next())?.raw ?? assert.fail("short"));
    const late = await Promise.all([1, 2, 3].map(() => ask(text, { stream: true })));
    await gateway.letGo();
    const whole = await Promise.all(late.map((each) => each.text()));
    const rest = await reader.rest();
    const told = [...seen, ...rest.map(({ raw }) => raw)].join("");
    for (const each of whole) assert.equal(each, told);
    return [first, late] as const;
  });
  // What it costs is known at its end alone, when its head has left.
  assert.equal(costOf(first), null);
  assert.equal(calls, 1);
  for (const each of others) {
    assert.deepEqual([markOf(each), costOf(each)], ["shared", "0"]);
    const [row, ...more] = await gateway.rowsOf(each);
    assert.deepEqual([row?.cached, row?.costNanoUsd, more.length], ["shared", 0, 0]);
    assert.ok((row?.savedNanoUsd ?? 0) > 0);
  }
});

test("STR-14 who has asked first and leaves ends nobody else's answer", async () => {
  const text = `${fresh()} [[sim: tokens=40 pause=20]]`;
  const [, calls] = await counted(async () => {
    const leaving = new AbortController();
    const first = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "x-sekisho-cache": "ttl" },
      body: JSON.stringify({ model: "sole", messages: messages(text), stream: true }),
      signal: leaving.signal,
    });
    await first.body?.getReader().read();
    const second = await ask(text, { stream: true, max_tokens: undefined });
    assert.equal(markOf(second), "shared");
    leaving.abort();
    await gateway.letGo();
    const told = await second.text();
    assert.match(told, /"finish_reason":"stop"[\s\S]*\[DONE\]\n\n$/);
  });
  assert.equal(calls, 1);
  await until(
    "all is over",
    () => gateway.simulator.calls().every(({ state }) => state === "ended") || null,
  );
});
