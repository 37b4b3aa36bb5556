import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { test } from "node:test";
import { RecordingObserver } from "../exchange-harness.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
// Self-signed for localhost; it protects nothing.
const tls = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };
const ca = tls.cert;

const open = (): Promise<ListenerHarness> =>
  ListenerHarness.open("h1", { sniffTimeoutMs: 1_000 }, { tls });

const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

const tlsClient = async (port: number, ALPNProtocols: string[]): Promise<TLSSocket> => {
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    servername: "localhost",
    ca,
    ALPNProtocols,
  });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  return socket;
};

for (const offered of [["http/1.1"], []]) {
  test(`WIR-1 over TLS a client that offers [${offered.join()}] gets HTTP/1.1`, async () => {
    await using harness = await open();
    const socket = await tlsClient(harness.port, offered);
    socket.write(request);
    const exchange = await harness.exchange();
    assert.deepEqual([exchange.head.protocol, exchange.head.remoteAddress], ["h1", "127.0.0.1"]);
    exchange.respond(200, [], "over TLS");
    const [bytes] = await harness.until(once(socket, "data"));
    assert.match(String(bytes), /over TLS/);
    socket.destroy();
  });
}

test("WIR-1 over TLS a client that offers h2 gets HTTP/2", async () => {
  await using harness = await open();
  const session = connect(`https://localhost:${harness.port}`, { ca, host: "127.0.0.1" });
  const stream = session.request({}).setEncoding("utf8");
  const exchange = await harness.exchange();
  assert.deepEqual([exchange.head.protocol, exchange.head.remoteAddress], ["h2", "127.0.0.1"]);
  exchange.respond(200, [], "over TLS");
  const [text] = await harness.until(once(stream, "data"));
  assert.equal(text, "over TLS");
  await harness.until(harness.listener.drain());
  session.destroy();
});

test("over TLS a cut stream has no end", async () => {
  await using harness = await open();
  const socket = await tlsClient(harness.port, ["http/1.1"]);
  socket.write(request);
  const exchange = await harness.exchange();
  const observer = new RecordingObserver();
  exchange.observe(observer);
  exchange.start(200, []);
  exchange.write("some");
  let received = "";
  socket.on("data", (bytes: Buffer) => (received += bytes.toString("latin1")));
  while (!received.includes("some")) await harness.quiet();
  exchange.destroy();
  await harness.until(once(socket, "close"));
  assert.equal(received.includes("\r\n0\r\n"), false);
  assert.equal(await harness.until(observer.closing.promise), false);
});

test("over TLS a client that leaves is noticed", async () => {
  await using harness = await open();
  for (const protocol of ["http/1.1", "h2"]) {
    const session = connect(`https://localhost:${harness.port}`, {
      ca,
      host: "127.0.0.1",
      ALPNProtocols: ["h2"],
    });
    session.on("error", () => {});
    const socket = protocol === "h2" ? session : await tlsClient(harness.port, [protocol]);
    if (protocol === "h2") session.request({}).on("error", () => {});
    else (socket as TLSSocket).write(request);
    const exchange = await harness.exchange();
    const observer = new RecordingObserver();
    exchange.observe(observer);
    socket.destroy();
    session.destroy();
    assert.equal(await harness.until(observer.closing.promise), false);
  }
});

for (const [title, opening] of [
  ["nothing", ""],
  ["cleartext", request],
] as const) {
  test(`a client that sends ${title} to a TLS port is closed in time`, async () => {
    await using harness = await open();
    const client = harness.raw(opening);
    await harness.until(client.closed);
    assert.equal(harness.unclaimedExchanges, 0);
  });
}
