import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const limit = 16_777_216;
/** As much as one answer keeps of its request. */
const long = "Which manga is long? ".repeat(20_000);
const paused = "[[sim: tokens=60 pause=20]]";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => ({ ...steeredConfig(url), streams: { maxDiskBytes: limit } }),
  });
});
after(() => gateway[Symbol.asyncDispose]());

const ask = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  gateway.post("/v1/responses", { model: "sole", ...body }, headers);

async function idOf(asked: Promise<Response>): Promise<string> {
  const answer = await asked;
  const text = await answer.text();
  assert.equal(answer.status, 200, text.slice(0, 400));
  return (JSON.parse(text) as { id: string }).id; // as every response
}

const read = (id: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/responses/${id}`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });

test("STR-8 the oldest stored answers make room, and their names are free", async () => {
  const named = { "idempotency-key": "the-first" };
  const first = await idOf(ask({ input: long, store: true }, named));
  assert.equal(await idOf(ask({ input: long, store: true }, named)), first);
  assert.equal((await read(first)).status, 200);
  let last = "";
  for (let count = 0; count < 60; count += 1) last = await idOf(ask({ input: long, store: true }));
  const gone = await until("it was dropped", async () => {
    const answer = await read(first);
    return answer.status === 200 ? null : answer;
  });
  assert.equal(gone.status, 404);
  assert.equal((await read(last)).status, 200);
  const again = await idOf(ask({ input: long, store: true }, named));
  assert.notEqual(again, first);
  assert.equal(await idOf(ask({ input: long, store: true }, named)), again);
});

test("STR-8 what is under way is never dropped, and others wait for its end", async () => {
  const running: string[] = [];
  const refused = await until("it is full", async () => {
    const answer = await ask({ input: `${long} ${paused}`, background: true });
    if (answer.status !== 200) return answer;
    running.push(await idOf(Promise.resolve(answer)));
    return null;
  });
  assert.equal(refused.status, 503, await refused.clone().text());
  assert.match(await refused.text(), /streams\.maxDiskBytes/);
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await ask({ input: "Hello" })).status, 200, "nothing is kept of it");
  const chat = { model: "sole", messages: [{ role: "user", content: "Hello" }] };
  const headers = { "idempotency-key": "another" };
  assert.equal((await gateway.post("/v1/chat/completions", chat, headers)).status, 503);
  for (const id of running) assert.equal((await read(id)).status, 200);
  await gateway.letGo();
  const made = await until("there is room", async () => {
    const answer = await ask({ input: "Hello", store: true });
    return answer.status === 200 ? answer : null;
  });
  assert.equal((await read(await idOf(Promise.resolve(made)))).status, 200);
});
