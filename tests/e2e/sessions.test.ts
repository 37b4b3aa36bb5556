import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertOnce } from "../harness/assert-once.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient } from "../harness/raw-client.ts";
import { SessionClient } from "../harness/session-client.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

/** Who answers none of six pings is cut: a test on a busy machine may be 3 s late. */
const heartbeatMs = 500;

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const kept = { ...soleModel("near", "gpt-4-turbo"), cache: { use: "always" as const } };
      const models = { ...steered.models, kept, divided: { split: { kept: 1, sole: 0 } } };
      return { ...steered, models, streams: { graceMs: 5_000, heartbeatMs } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

const dial = async (): Promise<SessionClient> => {
  const client = new SessionClient(gateway.url, `?token=${gateway.key}`);
  await client.opened();
  return client;
};

const request = (text: string, more: object = {}) => ({
  model: "sole",
  messages: [{ role: "user", content: text }],
  ...more,
});

const start = (client: SessionClient, id: string, text: string, more: object = {}): void =>
  client.say({ type: "start", id, request: request(text, more) });

test("STR-3 a request is accepted, answered in events and done, on one session", async () => {
  using client = await dial();
  start(client, "one", "Hello [[sim: tokens=30 tps=200]]");
  const { response, id, epoch } = await client.next("accepted");
  assert.deepEqual([id, epoch], ["one", 0]);
  const done = await client.next("done");
  assert.equal(done.response, response);
  assert.equal(done.finish, "stop");
  assert.equal(done.usage?.output, 30);
  assert.ok(Number(done.costNanoUsd) > 0 && done.metrics.latencyMs > 0);
  const row = await until(
    "the row",
    () =>
      gateway.ledger.rows.find((each) => each.attempt === 0 && response.endsWith(each.id)) ?? null,
  );
  assert.equal(row.surface, "stream");
  // 30 tokens in 150 ms are few frames: the first at once, the others every 50 ms.
  const events = client.frames.filter((frame) => frame.type === "event");
  assert.ok(events.length <= 12, `${events.length} frames`);
});

test("STR-14 what is done says how it was answered, and by which arm (RTE-4)", async () => {
  using client = await dial();
  const told = [];
  for (const model of ["sole", "divided", "divided"]) {
    start(client, `told ${told.length}`, "Who was asked?", { model });
    const { cache, arm, costNanoUsd } = await client.next("done");
    told.push({ cache, arm, isFree: costNanoUsd === 0 });
  }
  const [plain, first, second] = told;
  assert.deepEqual([plain?.cache, plain?.arm], [undefined, undefined]);
  const key = first?.cache?.key ?? assert.fail("no key");
  assert.deepEqual(first, { cache: { kind: "miss", key }, arm: "kept", isFree: false });
  assert.partialDeepStrictEqual(second, { cache: { kind: "hit", key }, arm: "kept", isFree: true });
  assert.ok((second?.cache?.ageMs ?? -1) >= 0);
});

test("STR-13 requests of one name on two sessions are one call", async () => {
  const before = gateway.simulator.calls().length;
  using first = await dial();
  using second = await dial();
  const say = (client: SessionClient, content: string): void =>
    client.say({ type: "start", id: "one", request: request(content), idempotencyKey: "order-1" });
  const text = "Hello [[sim: tokens=30 tps=100]]";
  say(first, text);
  const { response } = await first.next("accepted");
  await first.next("event");
  say(second, text);
  const [paid, free] = [await first.next("done"), await second.next("done")];
  assert.deepEqual([paid.response, free.response], [response, response]);
  assert.ok(Number(paid.costNanoUsd) > 0);
  assert.equal(free.costNanoUsd, 0);
  assert.ok(first.textOf(response).length > 30);
  assert.equal(second.textOf(response), first.textOf(response));
  assert.equal(gateway.simulator.calls().length - before, 1);
  say(second, "Something else");
  const refused = await second.next("error");
  assert.deepEqual([refused.id, refused.code], ["one", "idempotency_mismatch"]);
});

test("STR-5 who comes back on another session gets the rest, each event once", async () => {
  using first = await dial();
  start(first, "one", "Go on [[sim: tokens=60 pause=30]]");
  const { response } = await first.next("accepted");
  await first.next("event");
  const last = first.frames.findLast((frame) => frame.type === "event");
  first.socket.close();
  await first.closed;
  using second = await dial();
  second.say({ type: "resume", response, after: last?.seq, epoch: 0 });
  await gateway.letGo();
  await second.next("done");
  using third = await dial();
  third.say({ type: "resume", response });
  await third.next("done");
  const whole = third.textOf(response);
  assert.ok(whole.length > 60);
  assert.equal(first.textOf(response) + second.textOf(response), whole);
});

/** How long after a cancel the provider sees its caller leave. */
async function cancelled(): Promise<number> {
  using client = await dial();
  start(client, "one", "Go on [[sim: tokens=1000 tps=100]]");
  const { response } = await client.next("accepted");
  await client.next("event");
  const askedMs = gateway.clock.monotonicMs();
  client.say({ type: "cancel", response });
  const done = await client.next("done");
  assert.equal(done.finish, "cancelled");
  const goneMs = await until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );
  return goneMs - askedMs;
}

test("STR-6 cancel ends the answer in 100 ms and keeps what was said", () =>
  assertOnce(cancelled, { limitMs: 100 }));

test("SEC-5 two keys that differ open no session, one that is sent twice does", async () => {
  const headers = { authorization: `Bearer ${gateway.key}` };
  using same = new SessionClient(gateway.url, `?token=${gateway.key}`, headers);
  await same.next("authenticated");
  using other = new SessionClient(gateway.url, "?token=nobody", headers);
  assert.equal((await other.closed).code, 4401);
});

test("STR-11 a frame that is none closes with 4400, a binary one with 1003", async () => {
  for (const [message, code] of [
    ["hello", 4400],
    ['{"type":"nonsense"}', 4400],
    ['{"type":"start","id":"","request":{}}', 4400],
    [new Uint8Array([1]), 1003],
  ] as const) {
    using client = await dial();
    client.socket.send(message);
    assert.equal((await client.closed).code, code);
  }
});

test("STR-11 a request that is refused is an error of its own", async () => {
  using client = await dial();
  client.say({ type: "start", id: "bad", request: { model: "nobody", messages: [] } });
  const refused = await client.next("error");
  assert.equal(refused.id, "bad");
  client.say({ type: "resume", response: `rsp_${"0".repeat(26)}` });
  assert.equal((await client.next("error")).code, "not_found");
  start(client, "good", "Hello");
  assert.equal((await client.next("done")).finish, "stop");
});

test("STR-8 a session has at most 16 streams, begun or resumed", async () => {
  using other = await dial();
  start(other, "one", "Hello");
  const { response: elsewhere } = await other.next("done");
  using client = await dial();
  for (let n = 0; n < 17; n += 1) start(client, `${n}`, "Go on [[sim: tokens=40 pause=20]]");
  const refused = await client.next("error");
  assert.deepEqual([refused.id, refused.code], ["16", "overloaded"]);
  await until("all 16 are accepted", () =>
    client.frames.filter((frame) => frame.type === "accepted").length === 16 ? true : null,
  );
  client.say({ type: "resume", response: elsewhere });
  const resumed = await client.next("error");
  assert.deepEqual([resumed.response, resumed.code], [elsewhere, "overloaded"]);
  // One that it reads already takes no further place.
  const own = client.frames.find((frame) => frame.type === "accepted")?.response ?? "";
  client.say({ type: "resume", response: own });
  await until("it is read from its beginning", () =>
    client.frames.filter((frame) => frame.type === "accepted" && frame.response === own).length ===
    2
      ? true
      : null,
  );
  await gateway.letGo(16);
  await until("all 16 are done", () =>
    client.frames.filter((frame) => frame.type === "done").length === 16 ? true : null,
  );
});

test("STR-10 an event of 300 KB comes in frames of at most 32,768 bytes", async () => {
  using client = await dial();
  start(client, "one", "[[sim: fault=huge-line bytes=300000]]");
  const { response } = await client.next("accepted");
  await until("the long event is here", () =>
    client.textOf(response).length > 290_000 ? true : null,
  );
  assert.ok(
    client.sizes.every((size) => size <= 32_768),
    `${Math.max(...client.sizes)}`,
  );
});

test("WIR-2 a WebSocket elsewhere is refused, other upgrades are passed over", async () => {
  const head = (path: string, upgrade: string): string =>
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n` +
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const nowhere = await RawClient.ask(gateway.url, head("/v1/nowhere", "websocket"));
  assert.deepEqual([nowhere.status, nowhere.code], [404, "not_found"]);
  using other = new RawClient(gateway.url, head("/health/live", "h2c"));
  assert.equal((await other.answer()).status, 200);
});

// Each waits for a time-out of the gateway, so they wait together.
describe("sessions that time ends", { concurrency: true }, () => {
  test("STR-11 the first frame proves who it is, within 5 s and in 16 KiB", async () => {
    using late = new SessionClient(gateway.url);
    await late.opened();
    late.say({ type: "authenticate", token: gateway.key });
    await late.next("authenticated");
    using wrong = new SessionClient(gateway.url, "?token=nobody");
    using rude = new SessionClient(gateway.url);
    using long = new SessionClient(gateway.url);
    using mute = new SessionClient(gateway.url);
    await Promise.all([rude.opened(), long.opened(), mute.opened()]);
    const askedMs = performance.now();
    start(rude, "one", "Hello");
    start(long, "one", "x".repeat(20_000));
    const codes = await Promise.all(
      [wrong, rude, long, mute].map(async (each) => (await each.closed).code),
    );
    assert.deepEqual(codes, [4401, 4401, 1009, 4401]);
    const tookMs = performance.now() - askedMs;
    assert.ok(tookMs > 4_500 && tookMs < 20_000, `${tookMs} ms`);
  });

  test("STR-9 pings come while nothing else does, and who never answers is cut", async () => {
    using client = await dial();
    client.isMute = true;
    await client.next("ping");
    const ping = await client.next("ping");
    assert.match(ping.serverTime, /^\d{4}-\d\d-\d\dT/);
    assert.equal((await client.closed).code, 1006);
    assert.equal(client.frames.filter((frame) => frame.type === "ping").length, 6);
  });

  test("STR-11 a token is renewed in place, and its end closes the session", async () => {
    const issue = async (expiresInMs: number): Promise<string> => {
      const answer = await gateway.post("/v1/tokens", { user: "u1", expiresInMs });
      // The gateway's own shape.
      return ((await answer.json()) as { token: string }).token;
    };
    using client = new SessionClient(gateway.url, `?token=${await issue(2_500)}`);
    await client.opened();
    const warned = await client.next("auth_expiring");
    assert.ok(warned.expiresInMs <= 2_500);
    const openedMs = performance.now();
    client.say({ type: "authenticate", token: await issue(6_000) });
    await client.next("authenticated");
    await until("the first token is over", () =>
      performance.now() > openedMs + 2_500 + heartbeatMs ? true : null,
    );
    start(client, "one", "Go on [[sim: tokens=10]]");
    assert.equal((await client.next("done")).finish, "stop");
    assert.equal((await client.closed).code, 4401);
    const other = await gateway.post("/v1/tokens", { user: "u2", expiresInMs: 60_000 });
    using second = new SessionClient(gateway.url, `?token=${await issue(60_000)}`);
    await second.opened();
    const { token } = (await other.json()) as { token: string }; // as above
    second.say({ type: "authenticate", token });
    assert.equal((await second.closed).code, 4403);
  });
});
