import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { SystemClock } from "../../time/system-clock.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { quiet, until } from "../testing/patience.ts";
import { TcpDialer } from "./tcp-dialer.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

const listening = async (server: Server, host = "127.0.0.1"): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  // A server that listens on TCP has an address of this form.
  return (server.address() as AddressInfo).port;
};

const closed = (server: Server): Promise<unknown> =>
  new Promise((resolve) => server.close(resolve));

const dial = (dialer: TcpDialer, origin: string): Promise<boolean> =>
  until(new Promise((over) => void dialer.dial({ origin, timeoutMs: 2_000, over })));

test("RTE-14 a host that listens is reachable, and told nothing", async () => {
  const server = createServer();
  const port = await listening(server);
  const arrived = once(server, "connection");
  const dialer = new TcpDialer(new SystemClock());
  assert.equal(await dial(dialer, `http://127.0.0.1:${port}`), true);
  const [socket] = await until(arrived);
  let bytes = 0;
  socket.on("data", (data: Buffer) => (bytes += data.length));
  await until(once(socket, "close"));
  assert.equal(bytes, 0);
  await until(closed(server));
  assert.equal(await dial(dialer, `http://127.0.0.1:${port}`), false, "nobody listens any more");
});

test("RTE-14 over TLS the handshake decides", async () => {
  const tls = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };
  const server = createTlsServer(tls);
  server.on("tlsClientError", () => {}); // those that do not trust us
  const port = await listening(server);
  const plain = createServer((socket) => {
    socket.on("error", () => {}); // it is hung up on
    socket.resume().end("no handshake");
  });
  const plainPort = await listening(plain);
  const clock = new SystemClock();
  const rows: readonly (readonly [ca: string | null, port: number, is: boolean])[] = [
    [tls.cert, port, true],
    [null, port, false],
    [tls.cert, plainPort, false],
  ];
  for (const [ca, at, expected] of rows) {
    assert.equal(await dial(new TcpDialer(clock, ca), `https://localhost:${at}`), expected);
  }
  await until(closed(server));
  await until(closed(plain));
});

test("RTE-14 a host that takes too long is not reachable", async () => {
  const server = createServer(() => {}); // it never answers the handshake
  const port = await listening(server);
  const clock = new VirtualClock();
  const told: boolean[] = [];
  const arrived = once(server, "connection");
  new TcpDialer(clock).dial({
    origin: `https://localhost:${port}`,
    timeoutMs: 3_000,
    over: (isReachable) => told.push(isReachable),
  });
  await until(arrived);
  clock.advanceBy(2_999);
  assert.deepEqual(told, []);
  clock.advanceBy(1);
  assert.deepEqual([told, clock.pendingTimers], [[false], 0]);
  await until(closed(server));
  assert.deepEqual(told, [false]);
});

test("RTE-14 one that was given up tells nothing", async () => {
  const clock = new VirtualClock();
  const told: boolean[] = [];
  const origin = "http://127.0.0.1:9";
  const over = (isReachable: boolean): void => void told.push(isReachable);
  new TcpDialer(clock).dial({ origin, timeoutMs: 3_000, over }).abort();
  await quiet();
  assert.deepEqual([told, clock.pendingTimers], [[], 0]);
});
