import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { connect as connectSocket } from "node:net";
import { test } from "node:test";
import { get, RecordingObserver } from "../exchange-harness.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test("drain() resolves at once when nothing is open, and nobody is let in", async () => {
  await using harness = await ListenerHarness.open("h1");
  await harness.until(harness.listener.drain());
  const socket = connectSocket(harness.port, "127.0.0.1");
  const [error] = await once(socket, "error").catch((error: unknown) => [error]);
  assert.match(String(error), /ECONNREFUSED/);
});

test("drain() closes idle connections", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(request);
  (await harness.exchange()).respond(200, [], "ok");
  await harness.until(client.outcome);
  await harness.until(harness.listener.drain());
  await harness.until(client.closed);
});

for (const protocol of ["h1", "h2"] as const) {
  test(`drain() lets ${protocol} answers end, then closes their connections`, async () => {
    await using harness = await ListenerHarness.open(protocol);
    const waiting = await harness.call(get);
    const streaming = await harness.call(get);
    streaming.exchange.start(200, []);
    streaming.exchange.write("some");
    await harness.until(streaming.client.receive(4));
    let isDrained = false;
    const drained = harness.listener.drain().then(() => (isDrained = true));
    await harness.quiet();
    waiting.exchange.respond(200, [], "ok");
    assert.equal(await harness.until(waiting.client.outcome), "whole");
    await harness.quiet();
    assert.equal(isDrained, false);
    streaming.exchange.end();
    assert.equal(await harness.until(streaming.client.outcome), "whole");
    await harness.until(drained);
    while (harness.listener.openConnections > 0) await harness.quiet();
  });
}

test("drain() says so: the next answer closes its connection", async () => {
  await using harness = await ListenerHarness.open("h1");
  const { exchange, client } = await harness.call(get);
  const drained = harness.listener.drain();
  exchange.respond(200, [], "ok");
  assert.equal((await harness.until(client.head)).headers.get("connection"), "close");
  await harness.until(drained);
});

test("drain() refuses what still comes in on open connections", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(request);
  const exchange = await harness.exchange();
  const drained = harness.listener.drain();
  client.socket.write(request);
  await harness.quiet();
  exchange.respond(200, [], "ok");
  assert.equal(await harness.until(client.outcome), "whole");
  await harness.until(drained);
  await harness.until(client.closed);
  assert.equal(harness.unclaimedExchanges, 0);
});

test("drain() refuses a request whose head was on its way", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw("GET / HTTP/1.1\r\nHo");
  await harness.quiet();
  await harness.until(harness.listener.drain());
  client.socket.write("st: a\r\n\r\n");
  const { status, headers } = await harness.until(client.head);
  assert.deepEqual([status, headers.get("x-code")], [503, "draining"]);
  assert.equal(headers.get("connection"), "close");
  await harness.until(client.closed);
});

test("drain() tells HTTP/2 clients to go away; streams under way go on", async () => {
  await using harness = await ListenerHarness.open("h2");
  const session = connect(`http://127.0.0.1:${harness.port}`);
  const goaway = once(session, "goaway");
  const stream = session.request({}).resume();
  const exchange = await harness.exchange();
  exchange.start(200, []);
  const drained = harness.listener.drain();
  await harness.until(goaway);
  exchange.write("more");
  exchange.end();
  await harness.until(once(stream, "close"));
  assert.equal(stream.rstCode, 0);
  await harness.until(drained);
  await harness.until(once(session, "close"));
});

for (const protocol of ["h1", "h2"] as const) {
  test(`close() cuts ${protocol} answers`, async () => {
    await using harness = await ListenerHarness.open(protocol);
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    exchange.start(200, []);
    exchange.write("some");
    await harness.until(client.receive(4));
    await harness.until(harness.listener.close());
    assert.deepEqual(observer.closes, [false]);
    assert.equal(await harness.until(client.outcome), "cut");
  });
}

test("close() after drain(), and twice, is fine", async () => {
  await using harness = await ListenerHarness.open("h1");
  await harness.until(harness.listener.drain());
  await harness.until(Promise.all([harness.listener.close(), harness.listener.close()]));
});
