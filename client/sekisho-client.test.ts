import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "./answer.ts";
import { FakeHost } from "./host/fake-host-fixture.ts";
import { SekishoClient } from "./sekisho-client.ts";

function setUp(token: string | (() => Promise<string>) = "key") {
  const host = new FakeHost();
  return { host, client: new SekishoClient({ url: "https://gateway.example/", token, host }) };
}

const turn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));
const response = "rsp_1";
const text = (seq: number, said: string, part?: number) => ({
  type: "event",
  response,
  seq,
  ...(part === undefined ? {} : { part }),
  event: { type: "text", text: said },
});
const done = { type: "done", response, seq: 9, finish: "stop", usage: null, costNanoUsd: 1 };

async function begun() {
  const { host, client } = setUp();
  const answer = client.start({ model: "m" });
  await turn();
  host.open();
  host.say({ type: "accepted", id: "1", response, epoch: 0 });
  return { host, client, answer };
}

test("STR-11 the client dials when there is something to ask, proving who it is", async () => {
  const { host, client } = setUp();
  assert.deepEqual(host.dialled, []);
  client.start({ model: "m" }, { user: "u" });
  await turn();
  assert.deepEqual(host.dialled, ["sekisho.v1 wss://gateway.example/v1/stream"]);
  host.observer?.opened();
  assert.deepEqual(host.said, [{ type: "authenticate", token: "key" }]);
  host.say({ type: "authenticated" });
  assert.deepEqual(host.said[1], { type: "start", id: "1", request: { model: "m" }, user: "u" });
});

test("STR-4 an answer is read event by event, and ends once", async () => {
  const { host, answer } = await begun();
  host.say(text(1, "a"));
  host.say(text(1, "a"));
  host.say(text(3, "b", 1));
  host.say(text(3, "b", 1));
  host.say(text(3, "c"));
  host.say(text(2, "late"));
  host.say(done);
  host.say(text(12, "behind the end"));
  const events: string[] = [];
  for await (const event of answer) if (event.type === "text") events.push(event.text);
  assert.deepEqual([events.join(""), answer.text, answer.state], ["abc", "abc", "done"]);
  assert.equal((await answer.ended).finish, "stop");
});

test("STR-10 an event in pieces is put together, also over a cut", async () => {
  const { host, client, answer } = await begun();
  const json = JSON.stringify({ type: "citation", citation: { url: "x" } });
  host.say({ type: "fragment", response, seq: 4, part: 1, data: json.slice(0, 9) });
  host.cut();
  host.clock.advanceBy(300);
  await turn();
  host.open();
  assert.deepEqual(host.said.at(-1), { type: "resume", response, after: 4, part: 1, epoch: 0 });
  host.say({ type: "fragment", response, seq: 4, data: json.slice(9) });
  host.say(done);
  const events = [];
  for await (const event of answer) events.push(event.type);
  assert.deepEqual(events, ["citation"]);
  client.close();
});

test("STR-5 a cut connection is dialled again, with longer waits, up to 8 s", async () => {
  const { host, answer } = await begun();
  host.say(text(5, "so far"));
  const waits: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const before = host.dialled.length;
    host.cut();
    const cutMs = host.nowMs();
    while (host.dialled.length === before) {
      host.clock.advanceBy(10);
      await turn();
    }
    waits.push(host.nowMs() - cutMs);
  }
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  host.open();
  assert.deepEqual(host.said.at(-1), { type: "resume", response, after: 5, epoch: 0 });
  host.say({ type: "accepted", id: null, response, epoch: 0 });
  host.say(text(6, ", and on"));
  assert.equal(answer.text, "so far, and on");
  // It held: the next wait is short again.
  const before = host.dialled.length;
  host.cut();
  host.clock.advanceBy(250);
  await turn();
  assert.equal(host.dialled.length, before + 1);
});

test("STR-9 a connection of which nothing is heard for 11 s is dead", async () => {
  const { host } = await begun();
  for (let n = 0; n < 5; n += 1) {
    host.clock.advanceBy(5_000);
    host.say({ type: "ping", serverTime: "" });
  }
  assert.deepEqual(host.said.at(-1), { type: "pong" });
  assert.equal(host.dialled.length, 1);
  host.clock.advanceBy(12_000);
  assert.equal(host.closed, 1);
  host.clock.advanceBy(300);
  await turn();
  assert.equal(host.dialled.length, 2);
});

test("STR-9 a page that slept judges its connection by what is heard once it wakes", async () => {
  const { host } = await begun();
  host.sleptMs = 60_000;
  host.wake();
  host.say({ type: "ping", serverTime: "" });
  host.clock.advanceBy(10_000);
  assert.deepEqual([host.closed, host.dialled.length], [0, 1]);
  host.say({ type: "ping", serverTime: "" });
  host.sleptMs += 60_000;
  host.wake();
  host.clock.advanceBy(1_000);
  assert.equal(host.closed, 1);
});

test("STR-9 a page that wakes within a ping leaves its connection in peace", async () => {
  const { host } = await begun();
  host.sleptMs = 5_500;
  host.wake();
  host.clock.advanceBy(9_000);
  assert.equal(host.closed, 0);
});

test("STR-5 a page that is seen again, or is online again, does not wait", async () => {
  const { host } = await begun();
  host.cut();
  host.wake();
  await turn();
  assert.equal(host.dialled.length, 2);
  host.clock.advanceBy(60_000);
  assert.ok(host.dialled.length >= 2);
});

test("STR-5 what was taken back is read anew", async () => {
  const { host, answer } = await begun();
  host.say(text(5, "lost"));
  host.say({ type: "reset", response, epoch: 1 });
  host.say(text(1, "kept"));
  host.say(done);
  const events = [];
  for await (const event of answer) events.push(event.type);
  assert.deepEqual([events, answer.text], [["text", "reset", "text"], "kept"]);
});

test("STR-5 a request whose acceptance was lost fails: it may have been answered", async () => {
  const { host, client } = setUp();
  const answer = client.start({ model: "m" });
  await turn();
  host.open();
  host.cut();
  await assert.rejects(answer.ended, { name: "SekishoError", code: "connection_lost" });
  assert.equal(client.state, "idle");
});

test("STR-13 a request with a name is sent again where its acceptance was lost", async () => {
  const { host, client } = setUp();
  const answer = client.start({ model: "m" }, { idempotencyKey: "order-1" });
  const other = client.start({ model: "m" });
  await turn();
  host.open();
  const starts = () => host.said.filter(({ type }) => type === "start");
  const first = starts().find(({ id }) => id === "1");
  for (let cuts = 1; cuts <= 3; cuts += 1) {
    host.cut();
    host.clock.advanceBy(8_000);
    await turn();
    host.open();
    assert.deepEqual(starts().at(-1), first);
    assert.equal(starts().length, 2 + cuts);
  }
  await assert.rejects(other.ended, { code: "connection_lost" });
  host.say({ type: "accepted", id: "1", response, epoch: 0 });
  host.say(text(1, "once"));
  host.cut();
  host.clock.advanceBy(300);
  await turn();
  host.open();
  // It is known by now: what is left of it is asked for.
  assert.equal(starts().length, 5);
  assert.equal(host.said.at(-1)?.type, "resume");
  host.say(done);
  await answer.ended;
  assert.equal(answer.text, "once");
});

test("STR-5 a request that was not sent yet is sent on the next connection", async () => {
  const { host, client } = setUp();
  const answer = client.start({ model: "m" });
  await turn();
  host.observer?.opened();
  host.cut();
  host.clock.advanceBy(300);
  await turn();
  host.open();
  assert.equal(host.said.at(-1)?.type, "start");
  assert.equal(answer.state, "waiting");
  client.close();
  await assert.rejects(answer.ended, { code: "closed" });
});

test("STR-11 a token is renewed in place, and asked for anew on each connection", async () => {
  let asked = 0;
  const { host, client } = setUp(async () => `token ${(asked += 1)}`);
  client.start({ model: "m" });
  for (let n = 0; n < 4; n += 1) await turn();
  host.open();
  host.say({ type: "auth_expiring", expiresInMs: 30_000 });
  for (let n = 0; n < 4; n += 1) await turn();
  assert.deepEqual(host.said.at(-1), { type: "authenticate", token: "token 2" });
  host.say({ type: "accepted", id: "1", response, epoch: 0 });
  host.cut(4401);
  host.clock.advanceBy(300);
  for (let n = 0; n < 4; n += 1) await turn();
  host.observer?.opened();
  assert.deepEqual(host.said.at(-1), { type: "authenticate", token: "token 3" });
});

for (const code of [4400, 4401, 4403, 4409]) {
  test(`STR-11 closed with ${code}: what runs fails, nothing is dialled again`, async () => {
    const { host, client, answer } = await begun();
    host.cut(code, "because");
    await assert.rejects(answer.ended, /because/);
    host.clock.advanceBy(60_000);
    await turn();
    assert.deepEqual([host.dialled.length, client.state], [1, "idle"]);
  });
}

test("STR-11 who asks again when it is told of a failure is answered", async () => {
  const { host, client, answer } = await begun();
  const again: Answer[] = [];
  answer.onChange(() => again.push(client.start({ model: "again" })));
  host.cut(4403, "because");
  await turn();
  host.open();
  assert.deepEqual([again.length, host.dialled.length, client.state], [1, 2, "open"]);
  assert.deepEqual(host.said.at(-1), { type: "start", id: "2", request: { model: "again" } });
  host.say({ type: "accepted", id: "2", response, epoch: 0 });
  host.say(done);
  assert.equal(again[0]?.state, "done");
});

test("STR-12 a gateway that stops says when to come back", async () => {
  const { host } = await begun();
  host.cut(1001, '{"retryAfterMs":1000}');
  host.clock.advanceBy(990);
  await turn();
  assert.equal(host.dialled.length, 1);
  host.clock.advanceBy(20);
  await turn();
  assert.equal(host.dialled.length, 2);
});

test("STR-6 cancel is said once the answer has a name", async () => {
  const { host, client } = setUp();
  const unsent = client.start({ model: "m" });
  unsent.cancel();
  await assert.rejects(unsent.ended, { code: "cancelled" });
  const controller = new AbortController();
  const answer = client.start({ model: "m" }, { signal: controller.signal });
  await turn();
  host.open();
  controller.abort();
  assert.ok(host.said.every(({ type }) => type !== "cancel"));
  host.say({ type: "accepted", id: "2", response, epoch: 0 });
  assert.deepEqual(host.said.at(-1), { type: "cancel", response });
  host.say({ ...done, finish: "cancelled" });
  assert.equal((await answer.ended).finish, "cancelled");
});

test("STR-11 a refused request fails with the gateway's code, others go on", async () => {
  const { host, client, answer } = await begun();
  const refused = client.start({ model: "nobody" });
  host.say({ type: "error", id: "2", code: "model_not_found", message: "no", retryAfterMs: 5 });
  await assert.rejects(refused.ended, { code: "model_not_found", retryAfterMs: 5 });
  host.say(done);
  await answer.ended;
});

test("STR-6 cancel is said once, and on the next connection where none was open", async () => {
  const { host, answer } = await begun();
  const cancels = (): number => host.said.filter(({ type }) => type === "cancel").length;
  host.cut();
  answer.cancel();
  host.clock.advanceBy(300);
  await turn();
  // A socket that is not open yet takes no word.
  answer.cancel();
  assert.equal(cancels(), 0);
  host.open();
  host.say({ type: "accepted", id: null, response, epoch: 0 });
  assert.deepEqual(host.said.at(-1), { type: "cancel", response });
  host.say(text(3, "last words"));
  assert.equal(cancels(), 1);
  host.say({ ...done, finish: "cancelled" });
  assert.equal((await answer.ended).finish, "cancelled");
});

test("STR-6 what was cancelled before it was asked dials nobody", async () => {
  const { host, client } = setUp();
  const answer = client.start({ model: "m" }, { signal: AbortSignal.abort() });
  await assert.rejects(answer.ended, { code: "cancelled" });
  assert.deepEqual([host.dialled, client.state], [[], "idle"]);
});

test("STR-11 of five fresh tokens none was taken: the answer fails", async () => {
  let asked = 0;
  const { host, client } = setUp(async () => `token ${(asked += 1)}`);
  const answer = client.start({ model: "m" });
  for (let n = 0; n < 5; n += 1) {
    assert.equal(answer.state, "waiting");
    host.clock.advanceBy(8_000);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    host.observer?.opened();
    host.cut(4401, "revoked");
  }
  await assert.rejects(answer.ended, { code: "unauthenticated", message: /revoked/ });
  assert.deepEqual([asked, client.state], [5, "idle"]);
});

test("STR-11 a function that never has a token is asked ten times", async () => {
  let asked = 0;
  const why = new Error("signed out");
  const { host, client } = setUp(() => {
    asked += 1;
    return Promise.reject(why);
  });
  const answer = client.start({ model: "m" });
  for (let n = 0; n < 15; n += 1) {
    for (let turns = 0; turns < 12; turns += 1) await turn();
    host.clock.advanceBy(8_000);
  }
  await assert.rejects(answer.ended, { code: "token_unavailable", cause: why });
  assert.deepEqual([asked, client.state, host.dialled.length], [10, "idle", 0]);
  // Who asks once more is heard.
  client.start({ model: "m" });
  assert.equal(asked, 11);
  client.close();
});

test("STR-11 a URL that is none fails the answer at once", async () => {
  const { host, client } = setUp();
  host.refusal = new SyntaxError("Invalid URL");
  const answer = client.start({ model: "m" });
  await assert.rejects(answer.ended, { code: "refused", message: /Invalid URL/ });
  host.clock.advanceBy(60_000);
  await turn();
  assert.deepEqual([host.dialled.length, client.state], [1, "idle"]);
});
