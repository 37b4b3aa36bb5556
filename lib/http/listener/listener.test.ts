import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { Server, type ListenOptions } from "node:net";
import { test } from "node:test";
import { SystemClock } from "../../time/system-clock.ts";
import { get, RecordingObserver } from "../exchange-harness.ts";
import { defaultHttpLimits } from "../limits.ts";
import type { ClientH1 } from "../testing/client-h1.ts";
import { ListenerHarness, plainRefusal } from "../testing/listener-harness.ts";
import { bind, stopServer } from "./bind.ts";
import { Listener, type ListenerOptions } from "./listener.ts";

const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const options: ListenerOptions = {
  hosts: ["127.0.0.1", "::1"],
  port: 0,
  tls: null,
  limits: defaultHttpLimits,
  clock: new SystemClock(),
  answerRefusal: plainRefusal,
  handler: (exchange) => exchange.respond(200, [], exchange.head.remoteAddress),
};

test("port 0 chooses one port for all hosts", async () => {
  await using listener = await Listener.open(options);
  assert.deepEqual(listener.hosts, ["127.0.0.1", "::1"]);
  for (const host of ["127.0.0.1", "[::1]"]) {
    const answer = await fetch(`http://${host}:${listener.port}/`);
    assert.equal(await answer.text(), host.replace(/[[\]]/g, ""));
  }
});

test("a taken port is told in a sentence, and what was bound is let go", async () => {
  await using listener = await Listener.open({ ...options, hosts: ["::1"] });
  const { port } = listener;
  const second = Listener.open({ ...options, port });
  const message = `Cannot listen on port ${port} of 127.0.0.1 and ::1: EADDRINUSE`;
  await assert.rejects(second, { code: "listen_failed", message });
  await using _free = await Listener.open({ ...options, hosts: ["127.0.0.1"], port });
});

test("a host that does not exist is told in a sentence", async () => {
  const opened = Listener.open({ ...options, hosts: ["192.0.2.1"] });
  await assert.rejects(opened, { code: "listen_failed", message: /192\.0\.2\.1: EADDRNOTAVAIL/ });
  await assert.rejects(Listener.open({ ...options, hosts: [] }), { code: "listen_failed" });
});

/** A machine whose kernel has no address ::1. */
class ServerWithoutIpv6 extends Server {
  override listen(at?: unknown): this {
    // The one form of the arguments that is used here.
    const { host } = at as ListenOptions;
    if (host !== "::1") return super.listen(at as ListenOptions);
    const error = Object.assign(new Error("no IPv6"), { code: "EADDRNOTAVAIL" });
    process.nextTick(() => this.emit("error", error));
    return this;
  }
}

test("a machine without IPv6 goes without ::1, but not without any host", async () => {
  const makeServer = (): Server => new ServerWithoutIpv6();
  const bound = await bind({ hosts: ["127.0.0.1", "::1"], port: 0 }, makeServer);
  assert.deepEqual(bound.hosts, ["127.0.0.1"]);
  await Promise.all(bound.servers.map(stopServer));
  await assert.rejects(bind({ hosts: ["::1"], port: 0 }, makeServer), { code: "listen_failed" });
});

for (const slices of [1, 2, 5, 23, 24]) {
  test(`WIR-1 both protocols are recognised when they come in slices of ${slices}`, async () => {
    await using harness = await ListenerHarness.open("h1");
    const h1 = harness.raw("");
    for (let at = 0; at < request.length; at += slices) {
      h1.socket.write(request.slice(at, at + slices));
      await harness.quiet();
    }
    (await harness.exchange()).respond(200, [], "ok");
    assert.equal(await harness.until(h1.outcome), "whole");

    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const h2 = harness.raw("");
    const answered = once(h2.socket, "data");
    for (let at = 0; at < preface.length; at += slices) {
      h2.socket.write(preface.slice(at, at + slices));
      await harness.quiet();
    }
    const [settings] = await harness.until(answered);
    // Type 4 is SETTINGS: the first frame of an HTTP/2 server.
    assert.equal(settings[3], 4);
  });
}

test("one connection serves one request after the other", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(request);
  for (let n = 0; n < 3; n++) {
    (await harness.exchange()).respond(200, [], `answer ${n}`);
    if (n < 2) client.socket.write(request);
  }
  await harness.until(client.outcome);
  while (!client.answer.behind.includes("answer 2")) await harness.quiet();
  assert.match(client.answer.behind.toString(), /answer 1[^]*answer 2/);
});

test("pipelined requests are answered in order, all closed when the client leaves", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(request.repeat(4));
  const exchanges = [];
  for (let n = 0; n < 4; n++) exchanges.push(await harness.exchange());
  const observers = exchanges.map((exchange) => {
    const observer = new RecordingObserver();
    exchange.observe(observer);
    return observer;
  });
  exchanges[1]?.respond(200, [], "second");
  await harness.quiet();
  assert.equal(client.answer.state, "head");
  exchanges[0]?.respond(200, [], "first");
  await harness.until(client.outcome);
  assert.equal(client.received.toString(), "first");
  client.leave();
  const closes = observers.map((observer) => observer.closing.promise);
  assert.deepEqual(await harness.until(Promise.all(closes)), [true, true, false, false]);
});

test("more pipelined requests than a connection may have open end it", async () => {
  await using harness = await ListenerHarness.open("h1", { exchangesPerConnection: 3 });
  const client = harness.raw(request.repeat(4));
  await harness.until(client.closed);
  assert.equal(harness.unclaimedExchanges, 3);
});

test("100 Continue is sent when the body is asked for, and not for an answer", async () => {
  await using harness = await ListenerHarness.open("h1");
  const expecting = request.replace(
    "\r\n\r\n",
    "\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
  );
  const wanted = harness.raw(expecting);
  const exchange = await harness.exchange();
  await harness.quiet();
  assert.deepEqual(wanted.answer.interim, []);
  const body = exchange.body(1_024);
  while (wanted.answer.interim.length === 0) await harness.quiet();
  wanted.socket.write("body");
  assert.equal((await harness.until(body)).toString(), "body");
  exchange.respond(200, [], "ok");
  assert.equal(await harness.until(wanted.outcome), "whole");

  const unwanted = harness.raw(expecting);
  (await harness.exchange()).respond(413, [], "no");
  assert.equal((await harness.until(unwanted.head)).headers.get("connection"), "close");
  assert.deepEqual(unwanted.answer.interim, []);
});

for (const protocol of ["h1", "h2"] as const) {
  test(`SEC-3 bodies beyond the shared memory are refused on ${protocol}`, async () => {
    await using harness = await ListenerHarness.open(protocol, { bodyBytesInMemory: 100_000 });
    const post = { ...get, method: "POST", body: Buffer.alloc(60_000) };
    const first = await harness.call(post);
    await harness.until(first.exchange.body(60_000));
    assert.equal(harness.listener.bodyBytes, 60_000);
    const second = await harness.call(post);
    await assert.rejects(harness.until(second.exchange.body(60_000)), { code: "overloaded" });
    second.exchange.respond(503, [], "busy");
    assert.equal((await harness.until(second.client.head)).status, 503);
    first.exchange.start(200, []);
    first.exchange.write("some");
    await harness.until(first.client.receive(4));
    assert.equal(harness.listener.bodyBytes, 60_000, "whoever answers still has the body");
    first.exchange.end();
    await harness.until(first.client.outcome);
    while (harness.listener.bodyBytes > 0) await harness.quiet();
    const third = await harness.call(post);
    assert.equal((await harness.until(third.exchange.body(60_000))).length, 60_000);
  });
}

test("SEC-4 an address has only so many connections of strangers", async () => {
  await using harness = await ListenerHarness.open("h1", { connectionsPerAddress: 2 });
  const [first] = [harness.raw(request), harness.raw(request)];
  await harness.exchange();
  await harness.exchange();
  const third = harness.raw(request);
  await harness.until(third.closed);
  assert.equal(third.answer.state, "head");
  first?.leave();
  while (harness.listener.openConnections > 1) await harness.quiet();
  harness.raw(request);
  (await harness.exchange()).respond(200, [], "ok");
});

test("SEC-4 connections whose client has proven who it is do not count", async () => {
  for (const protocol of ["h1", "h2"] as const) {
    await using harness = await ListenerHarness.open(protocol, { connectionsPerAddress: 1 });
    for (let n = 0; n < 3; n++) {
      const { exchange } = await harness.call(get);
      exchange.trust();
      exchange.trust();
    }
    assert.equal(harness.listener.openExchanges, 3);
  }
});

test("WIR-1 HTTP/2: a connection has a hundred streams at once, more wait", async () => {
  await using harness = await ListenerHarness.open("h2");
  const session = connect(`http://127.0.0.1:${harness.port}`);
  await once(session, "remoteSettings");
  const streams = Array.from({ length: 120 }, () => session.request({}).resume());
  const closes = streams.map((stream) => once(stream, "close"));
  const exchanges = [];
  for (let n = 0; n < 100; n++) exchanges.push(await harness.exchange());
  await harness.quiet();
  assert.equal(harness.listener.openExchanges, 100);
  for (const exchange of exchanges) exchange.respond(200, [], "ok");
  for (let n = 0; n < 20; n++) (await harness.exchange()).respond(200, [], "ok");
  await harness.until(Promise.all(closes));
  assert.equal(
    streams.every(({ rstCode }) => rstCode === 0),
    true,
  );
  session.destroy();
});

test("WIR-1 HTTP/2: a client that resets one stream after the other is sent away", async () => {
  await using harness = await ListenerHarness.open("h2", { resetsPerSecond: 20 });
  const session = connect(`http://127.0.0.1:${harness.port}`);
  session.on("error", () => {});
  const goaway = once(session, "goaway");
  for (let n = 0; n < 200 && !session.destroyed; n++) {
    const stream = session.request({ ":path": `/${n}` });
    stream.on("error", () => {});
    await Promise.race([harness.exchange(), goaway]);
    stream.close(8);
    await harness.quiet();
  }
  const [code] = await harness.until(goaway);
  assert.equal(code, 11, "ENHANCE_YOUR_CALM");
});

/** Type, flags and payload of a frame of HTTP/2 on stream 1; SETTINGS go to stream 0. */
const frame = (type: number, flags: number, payload: readonly number[]): Buffer =>
  Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, type === 4 ? 0 : 1, ...payload]);

const post = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(4, 0, []),
  // HEADERS, ended: POST, http, "/", authority "a".
  frame(1, 4, [0x83, 0x86, 0x84, 0x41, 0x01, 0x61]),
  // DATA, not ended.
  frame(0, 0, [...Buffer.from("half")]),
]);

const tornDown: readonly (readonly [title: string, tear: (client: ClientH1) => void])[] = [
  ["a reset without an error", (client) => client.socket.write(frame(3, 0, [0, 0, 0, 0]))],
  ["a reset with an error", (client) => client.socket.write(frame(3, 0, [0, 0, 0, 2]))],
  ["a cancellation", (client) => client.socket.write(frame(3, 0, [0, 0, 0, 8]))],
  ["the end of the connection", (client) => client.socket.end()],
  ["a reset of the connection", (client) => client.socket.resetAndDestroy()],
];

for (const [title, tear] of tornDown) {
  test(`HTTP/2: a body that ends with ${title} is not taken for whole`, async () => {
    await using harness = await ListenerHarness.open("h2");
    const client = harness.raw(post);
    const exchange = await harness.exchange();
    const observer = new RecordingObserver();
    exchange.observe(observer);
    const refused = assert.rejects(exchange.body(1_024), { code: "client_closed" });
    await harness.quiet();
    tear(client);
    await harness.until(refused);
    assert.equal(await harness.until(observer.closing.promise), false);
  });
}

test("HTTP/2: unread bodies do not use up the window of their connection", async () => {
  await using harness = await ListenerHarness.open("h2");
  const session = connect(`http://127.0.0.1:${harness.port}`);
  for (let n = 0; n < 10; n++) {
    const stream = session.request({ ":method": "POST" }).resume();
    stream.end(Buffer.alloc(60_000));
    (await harness.exchange()).respond(401, [], "no");
    await harness.until(once(stream, "close"));
  }
  session.destroy();
});
