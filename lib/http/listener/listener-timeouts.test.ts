import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { get, RecordingObserver } from "../exchange-harness.ts";
import type { HttpLimits } from "../limits.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

/** Short for who waits for them, long for a machine that has other work. */
const short: Partial<HttpLimits> = {
  sniffTimeoutMs: 300,
  headerTimeoutMs: 300,
  bodyTimeoutMs: 500,
  idleTimeoutMs: 300,
  lingerTimeoutMs: 300,
};

const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const openShort = (): Promise<ListenerHarness> => ListenerHarness.open("h1", short);

for (const [title, opening] of [
  ["nothing", ""],
  ["one letter", "P"],
  ["most of the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM"],
] as const) {
  test(`WIR-1 a connection that sends ${title} is closed after the sniffing time`, async () => {
    await using harness = await openShort();
    const client = harness.raw(opening);
    await harness.until(client.closed);
    assert.equal(await client.outcome, "cut");
  });
}

for (const [title, opening] of [
  ["a request line", "GET / HTTP/1.1\r\n"],
  ["half a header", "GET / HTTP/1.1\r\nHost: a"],
  ["a head without its end", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n"],
] as const) {
  test(`WIR-1 ${title} and no more is answered and closed after the header time-out`, async () => {
    await using harness = await openShort();
    const client = harness.raw(opening);
    const { headers } = await harness.until(client.head);
    assert.equal(headers.get("x-code"), "header_timeout");
    await harness.until(client.closed);
    assert.equal(harness.unclaimedExchanges, 0);
  });
}

test("WIR-1 a head that trickles in is closed after the header time-out", async () => {
  await using harness = await openShort();
  const client = harness.raw("GET / HTTP/1.1\r\nHost: a\r\n");
  const trickle = setInterval(() => client.socket.write("x: y\r\n"), 20).unref();
  await harness.until(client.closed);
  clearInterval(trickle);
  assert.equal(client.answer.headers.get("x-code"), "header_timeout");
});

test("WIR-1 a second head that never ends is closed as the first would be", async () => {
  await using harness = await openShort();
  const client = harness.raw(request);
  (await harness.exchange()).respond(200, [], "ok");
  await harness.until(client.outcome);
  client.socket.write("GET / HTTP/1.1\r\n");
  await harness.until(client.closed);
  assert.match(client.answer.behind.toString(), /header_timeout/);
});

test("WIR-1 an idle connection is closed after the idle time", async () => {
  await using harness = await openShort();
  const client = harness.raw(request);
  (await harness.exchange()).respond(200, [], "ok");
  assert.equal(await harness.until(client.outcome), "whole");
  await harness.until(client.closed);
  assert.equal(client.answer.behind.length, 0);
});

test("a slow handler is no idle connection", async () => {
  await using harness = await openShort();
  const client = harness.raw(request);
  const exchange = await harness.exchange();
  for (let n = 0; n < 50; n++) await harness.quiet();
  exchange.respond(200, [], "ok");
  assert.equal(await harness.until(client.outcome), "whole");
});

test("a short unread body that trickles in is not waited for without end", async () => {
  await using harness = await openShort();
  const client = harness.raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
  const trickle = setInterval(() => client.socket.write("x"), 20).unref();
  (await harness.exchange()).respond(401, [], "no");
  assert.equal(await harness.until(client.outcome), "whole");
  await harness.until(client.closed);
  clearInterval(trickle);
});

test("a client that goes on sending a refused body is cut off after the linger time", async () => {
  await using harness = await openShort();
  const client = harness.raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n");
  client.socket.on("end", () => assert.equal(client.answer.status, 413));
  const trickle = setInterval(() => client.socket.write("x".repeat(1_000)), 5).unref();
  const exchange = await harness.exchange();
  await assert.rejects(exchange.body(1_024), { code: "payload_too_large" });
  exchange.respond(413, [], "no");
  assert.equal(await harness.until(client.outcome), "whole");
  await harness.until(client.closed);
  clearInterval(trickle);
});

test("WIR-1 HTTP/2: a connection without a request is closed in the header time", async () => {
  await using harness = await openShort();
  const session = connect(`http://127.0.0.1:${harness.port}`);
  await harness.until(once(session, "close"));
});

test("WIR-1 HTTP/2: an idle connection is closed, a slow stream keeps it open", async () => {
  await using harness = await openShort();
  const session = connect(`http://127.0.0.1:${harness.port}`);
  const stream = session.request({}).resume();
  const exchange = await harness.exchange();
  const observer = new RecordingObserver();
  exchange.observe(observer);
  exchange.start(200, []);
  for (let n = 0; n < 50; n++) await harness.quiet();
  assert.equal(session.closed, false);
  exchange.end();
  await once(stream, "close");
  assert.deepEqual([stream.rstCode, observer.closes], [0, [true]]);
  await harness.until(once(session, "close"));
});

test("HTTP/2: half a header block is closed with its connection", async () => {
  await using harness = await openShort();
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const headersWithoutEnd = Buffer.from([0, 0, 1, 1, 1, 0, 0, 0, 1, 0x82]);
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const client = harness.raw(Buffer.concat([preface, settings, headersWithoutEnd]));
  await harness.until(client.closed);
});

test("a body that stops does not hold its connection on HTTP/1.1", async () => {
  await using harness = await openShort();
  const { exchange, client } = await harness.call({ ...get, method: "POST", body: null });
  await assert.rejects(harness.until(exchange.body(1_024)), { code: "body_timeout" });
  exchange.respond(408, [], "late");
  assert.equal((await harness.until(client.head)).headers.get("connection"), "close");
  assert.equal(await harness.until(client.outcome), "whole");
});
