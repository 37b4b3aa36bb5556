import assert from "node:assert/strict";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import type { Clock } from "../../time/clock.ts";
import { SystemClock } from "../../time/system-clock.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { quiet, until } from "../testing/patience.ts";
import { RawPeer, type RawPeerCall } from "../testing/raw-peer.ts";
import { upstreamConformance } from "../upstream-conformance.ts";
import { RecordingHandler, upstreamPost, type UpstreamHarness } from "../upstream-harness.ts";
import type { UpstreamCall } from "../upstream.ts";
import {
  defaultUndiciUpstreamOptions,
  UndiciUpstream,
  type UndiciUpstreamOptions,
} from "./undici-upstream.ts";

/** A port that was free a moment ago. */
const refusingOrigin = async (): Promise<string> => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
};

class Harness implements UpstreamHarness, AsyncDisposable {
  readonly upstream: UndiciUpstream;
  readonly provider: RawPeer;
  readonly refusingOrigin: string;

  private constructor(upstream: UndiciUpstream, provider: RawPeer, refusing: string) {
    this.upstream = upstream;
    this.provider = provider;
    this.refusingOrigin = refusing;
  }

  static async open(
    options: Partial<UndiciUpstreamOptions> = {},
    clock: Clock = new SystemClock(),
  ): Promise<Harness> {
    const upstream = new UndiciUpstream({ ...defaultUndiciUpstreamOptions, ...options }, clock);
    return new Harness(upstream, await RawPeer.listen(), await refusingOrigin());
  }

  get origin(): string {
    return this.provider.origin;
  }

  get connections(): number {
    return this.upstream.connections(this.origin);
  }

  peer(): Promise<RawPeerCall> {
    return this.provider.next();
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return until(promise);
  }

  quiet(): Promise<void> {
    return quiet();
  }

  dispatch(path = "/"): { call: UpstreamCall; handler: RecordingHandler } {
    const handler = new RecordingHandler();
    return { handler, call: this.upstream.dispatch(upstreamPost(this.origin, path), handler) };
  }

  async close(): Promise<void> {
    await this.provider.close();
    await until(this.upstream.close());
    assert.equal(this.connections, 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

upstreamConformance("UndiciUpstream", () => Harness.open());

/** Answers one call with exactly these bytes, and closes the connection if told to. */
const answerWith = async (harness: Harness, bytes: string, close = false) => {
  const { handler } = harness.dispatch();
  const peer = await until(harness.peer());
  peer.write(bytes);
  if (close) peer.socket.end();
  const over = await until(handler.over.promise);
  return { handler, over };
};

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

const malformed: readonly (readonly [title: string, bytes: string])[] = [
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["TLS where cleartext was expected", "\x15\x03\x01\0\x02\x02\x46"],
  ["a header that is too long", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(70_000)}\r\n\r\n`],
  ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ["a bad header", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
  ["a bad status", "HTTP/1.1 2x0 OK\r\n\r\n"],
];

for (const [title, bytes] of malformed) {
  test(`an answer that is ${title}: upstream_malformed`, async () => {
    await using harness = await Harness.open();
    const { over, handler } = await answerWith(harness, bytes);
    assert.equal(over, "upstream_malformed");
    assert.equal(inspect(handler.failure).includes(bytes.slice(0, 20)), false);
  });
}

const cut: readonly (readonly [title: string, bytes: string])[] = [
  ["in its head", "HTTP/1.1 200 OK\r\nx"],
  ["before its announced length", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"],
  [
    "before its announced length, with close",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nok",
  ],
  ["in a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok"],
  [
    "in a chunk, with close",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok",
  ],
  ["before the last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n"],
];

for (const [title, bytes] of cut) {
  test(`an answer that ends ${title}: upstream_cut`, async () => {
    await using harness = await Harness.open();
    const { over } = await answerWith(harness, bytes, true);
    assert.equal(over, "upstream_cut");
  });
}

test("an answer that lasts as long as its connection ends with it", async () => {
  await using harness = await Harness.open();
  const { over, handler } = await answerWith(harness, "HTTP/1.1 200 OK\r\n\r\nok", true);
  assert.equal(over, "end");
  assert.equal(handler.received.toString(), "ok");
});

test("interim answers are not the answer", async () => {
  await using harness = await Harness.open();
  const hints = "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n";
  const { over, handler } = await answerWith(harness, hints + ok);
  assert.equal(over, "end");
  assert.deepEqual([handler.status, handler.events], [200, ["head", "bytes", "end"]]);
});

test("a keep-alive connection that the peer closes as we write: cut, without a head", async () => {
  await using harness = await Harness.open();
  await answerWith(harness, ok);
  const { handler } = harness.dispatch();
  const peer = await until(harness.peer());
  peer.socket.resetAndDestroy();
  assert.equal(await until(handler.over.promise), "upstream_cut");
  assert.deepEqual(handler.events, ["failure"]);
});

test("a keep-alive connection that the peer has closed is not used", async () => {
  await using harness = await Harness.open();
  await answerWith(harness, ok);
  harness.provider.sockets[0]?.end();
  const { over } = await answerWith(harness, ok);
  assert.equal(over, "end");
  assert.equal(harness.provider.sockets.length, 2);
});

test("connections are used again, the last one first", async () => {
  await using harness = await Harness.open();
  for (let n = 0; n < 5; n++) {
    await answerWith(harness, ok);
    await quiet();
  }
  assert.equal(harness.provider.sockets.length, 1);
});

test("an answer that closes its connection makes room for a new one", async () => {
  await using harness = await Harness.open({ connections: 1 });
  const closing = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
  for (let n = 0; n < 3; n++) assert.equal((await answerWith(harness, closing, true)).over, "end");
  assert.equal(harness.provider.sockets.length, 3);
});

test("an unused connection is closed after the keep-alive time", async () => {
  await using harness = await Harness.open({ keepAliveTimeoutMs: 50 });
  const { over } = await answerWith(harness, ok);
  assert.equal(over, "end");
  while (harness.connections > 0) await quiet();
});

test("more calls than connections wait in order, an aborted one gives up its place", async () => {
  await using harness = await Harness.open({ connections: 1 });
  const calls = ["/0", "/1", "/2"].map((path) => harness.dispatch(path));
  const first = await until(harness.peer());
  calls[1]?.call.abort();
  assert.equal(await until(calls[1]?.handler.over.promise ?? Promise.reject()), "aborted");
  first.write(ok);
  const second = await until(harness.peer());
  assert.deepEqual([first.path, second.path], ["/0", "/2"]);
  second.write(ok);
  assert.equal(await until(calls[2]?.handler.over.promise ?? Promise.reject()), "end");
  assert.equal(harness.connections, 1);
});

test("calls wait for a connection up to a limit", async () => {
  await using harness = await Harness.open({ connections: 1 });
  const calls = Array.from({ length: 4_098 }, () => harness.dispatch());
  const last = calls.at(-1);
  assert.equal(await until(last?.handler.over.promise ?? Promise.reject()), "no_connection");
  assert.match(last?.handler.failure?.message ?? "", /1 connections are busy, and 4096 calls wait/);
  for (const { call } of calls) call.abort();
  for (const { handler } of calls.slice(0, -1)) {
    assert.equal(await until(handler.over.promise), "aborted");
  }
  assert.equal((await answerWith(harness, ok)).over, "end");
});

test("RTE-10 a call waits for a connection for so long, then the next has its turn", async () => {
  const clock = new VirtualClock();
  await using harness = await Harness.open({ connections: 1, queueTimeoutMs: 2_000 }, clock);
  const { upstream } = harness;
  const first = harness.dispatch("/first");
  const peer = await until(harness.peer());
  assert.equal(upstream.oldestWaitMs, 0, "one that has a connection does not wait");
  const [second, left] = [harness.dispatch("/second"), harness.dispatch("/left")];
  clock.advanceBy(1_500);
  const third = harness.dispatch("/third");
  assert.equal(upstream.oldestWaitMs, 1_500);
  left.call.abort();
  assert.equal(await until(left.handler.over.promise), "aborted");
  clock.advanceBy(500);
  assert.equal(await until(second.handler.over.promise), "no_connection");
  const words = /all 1 connections are busy, and the call has waited for 2000 ms/;
  assert.match(second.handler.failure?.message ?? "", words);
  assert.equal(upstream.oldestWaitMs, 500);
  peer.write(ok);
  assert.equal(await until(first.handler.over.promise), "end");
  const next = await until(harness.peer());
  assert.equal(next.path, "/third");
  assert.deepEqual([upstream.oldestWaitMs, clock.pendingTimers], [0, 0]);
  next.write(ok);
  assert.equal(await until(third.handler.over.promise), "end");
});

test("calls that wait for a host that refuses fail one by one, and none hangs", async () => {
  await using harness = await Harness.open({ connections: 1 });
  const handlers = Array.from({ length: 3 }, () => new RecordingHandler());
  for (const handler of handlers) {
    harness.upstream.dispatch(upstreamPost(harness.refusingOrigin), handler);
  }
  for (const handler of handlers) {
    assert.equal(await until(handler.over.promise), "connect_failed");
  }
});

test("a header that cannot be sent fails its call and nothing else", async () => {
  await using harness = await Harness.open({ connections: 1 });
  const handler = new RecordingHandler();
  const headers = ["x-a", "a\r\nx-b: injected"];
  harness.upstream.dispatch({ ...upstreamPost(harness.origin), headers }, handler);
  assert.deepEqual(handler.events, []);
  assert.equal(await until(handler.over.promise), "connect_failed");
  assert.equal(handler.failure?.message.includes("injected"), false);
  assert.equal((await answerWith(harness, ok)).over, "end");
});

test("a connection that is not ready in time: connect_timeout", async () => {
  await using harness = await Harness.open({ connectTimeoutMs: 50 });
  const handler = new RecordingHandler();
  // The peer accepts, and never answers the TLS handshake.
  const origin = harness.origin.replace("http:", "https:");
  harness.upstream.dispatch(upstreamPost(origin), handler);
  assert.equal(await until(handler.over.promise), "connect_timeout");
});

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

test("TLS: a trusted certificate is accepted, another one is connect_failed", async () => {
  const tls = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };
  const server = createTlsServer(tls, (_, response) => response.end("over TLS"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  for (const [ca, expected] of [
    [tls.cert, "end"],
    [null, "connect_failed"],
  ] as const) {
    const options = { ...defaultUndiciUpstreamOptions, ca };
    const upstream = new UndiciUpstream(options, new SystemClock());
    const handler = new RecordingHandler();
    upstream.dispatch(upstreamPost(`https://localhost:${port}`), handler);
    assert.equal(await until(handler.over.promise), expected);
    await until(upstream.close());
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
