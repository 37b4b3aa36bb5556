import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { until } from "../until.ts";
import { FaultProxy } from "./fault-proxy.ts";
import type { LinkFault } from "./link-fault.ts";

const size = 8;

/** How a connection ended, as one side saw it. */
interface Seen {
  readonly socket: Socket;
  text: string;
  /** Chunks as they were read. */
  reads: number;
  hasEnded: boolean;
  closed: "no" | "cleanly" | "by a reset";
}

const watch = (socket: Socket): Seen => {
  const seen: Seen = { socket, text: "", reads: 0, hasEnded: false, closed: "no" };
  socket.on("data", (bytes: Buffer) => {
    seen.text += bytes.toString("latin1");
    seen.reads += 1;
  });
  socket.once("end", () => (seen.hasEnded = true));
  socket.on("error", () => {});
  socket.once("close", (hadError) => (seen.closed = hadError ? "by a reset" : "cleanly"));
  return seen;
};

const is = (what: string, holds: () => boolean): Promise<true> =>
  until(what, () => (holds() ? true : null));

let server: Server;
let arrived: Seen[] = [];
/** What the server does with a connection. */
let serve: (seen: Seen) => void = () => {};

before(async () => {
  server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const seen = watch(socket);
    arrived.push(seen);
    serve(seen);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
beforeEach(() => {
  arrived = [];
  serve = ({ socket }) => socket.on("data", (bytes: Buffer) => socket.write(bytes));
});
after(() => server.close());

const start = (
  fault?: LinkFault,
  most?: number,
  first: readonly LinkFault[] = [],
): Promise<FaultProxy> => {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return FaultProxy.start({
    to: `http://127.0.0.1:${address.port}`,
    first,
    ...(fault === undefined ? {} : { fault }),
    ...(most === undefined ? {} : { most }),
  });
};

const dial = ({ port }: FaultProxy): Seen =>
  watch(connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true }));

/** Resolves once the system has taken all of it. */
const writing = ({ socket }: Seen, text: string): Promise<void> =>
  new Promise((resolve) => socket.write(text, () => resolve()));

const first = (): Seen => {
  const [seen] = arrived;
  assert.ok(seen);
  return seen;
};

test("without a fault bytes, ends and closes pass in both directions", async () => {
  await using proxy = await start();
  const client = dial(proxy);
  client.socket.write("hello");
  await is("the echo", () => client.text === "hello");
  client.socket.end();
  await is("the end reaches the server", () => first().hasEnded);
  assert.equal(client.hasEnded, false, "half a connection is left");
  first().socket.end("bye");
  await is("the server's end reaches the client", () => client.hasEnded);
  assert.equal(client.text, "hellobye");
  await is("nothing is left open", () => proxy.open === 0);
  assert.equal(proxy.accepted, 1);
});

test("a reset on either side is a reset on the other", async () => {
  await using proxy = await start();
  const leaving = dial(proxy);
  await is("it arrived", () => arrived.length === 1);
  leaving.socket.resetAndDestroy();
  await is("the server sees it", () => first().closed === "by a reset");
  const left = dial(proxy);
  await is("it arrived", () => arrived.length === 2);
  arrived[1]?.socket.resetAndDestroy();
  await is("the client sees it", () => left.closed === "by a reset");
  await is("nothing is left open", () => proxy.open === 0);
});

for (const by of ["reset", "end"] as const) {
  test(`accept: ${by} at once, and the server hears of nobody`, async () => {
    await using proxy = await start({ accept: by });
    const client = dial(proxy);
    if (by === "reset") await is("the reset", () => client.closed === "by a reset");
    else await is("the end", () => client.hasEnded);
    client.socket.end();
    await is("nothing is left open", () => proxy.open === 0);
    assert.equal(arrived.length, 0);
  });
}

test("the first connections meet a fault each, those behind them the common one", async () => {
  await using proxy = await start(undefined, undefined, [{ accept: "reset" }, { accept: "end" }]);
  const reset = dial(proxy);
  await is("the first is reset", () => reset.closed === "by a reset");
  const ended = dial(proxy);
  await is("the second is ended", () => ended.hasEnded);
  ended.socket.end();
  const passed = dial(proxy);
  passed.socket.write("hello");
  await is("the echo", () => passed.text === "hello");
  passed.socket.destroy();
});

test("accept: ignore takes everything and says nothing", async () => {
  await using proxy = await start({ accept: "ignore" });
  const client = dial(proxy);
  await writing(client, "x".repeat(1_000_000));
  assert.deepEqual([client.text, client.hasEnded, arrived.length], ["", false, 0]);
  client.socket.end();
  await is("nothing is left open", () => proxy.open === 0);
});

test("accept: hold, and what was sent meanwhile arrives when it is let go", async () => {
  await using proxy = await start({ accept: "hold" });
  const client = dial(proxy);
  client.socket.write("patience");
  await is("it is held", () => proxy.held === 1);
  assert.equal(arrived.length, 0);
  proxy.release();
  await is("the echo", () => client.text === "patience");
  assert.equal(proxy.held, 0);
});

test("refuse: nobody is let in, who is in stays, and listen takes the port again", async () => {
  await using proxy = await start();
  const early = dial(proxy);
  early.socket.write("in");
  await is("the echo", () => early.text === "in");
  proxy.refuse();
  const late = dial(proxy);
  await is("the refusal", () => late.closed === "by a reset");
  early.socket.write("side");
  await is("the echo", () => early.text === "inside");
  await proxy.listen();
  const again = dial(proxy);
  again.socket.write("hello");
  await is("the echo", () => again.text === "hello");
});

test("a stop after n bytes: the reset reaches both sides, no byte beyond passes", async () => {
  for (const afterBytes of [0, size]) {
    const stop = { afterBytes, by: "reset", afterMs: 20 } as const;
    await using proxy = await start({ toClient: { stop } });
    const client = dial(proxy);
    client.socket.write("x".repeat(100));
    await is("the client's reset", () => client.closed === "by a reset");
    await is("the server's reset", () => arrived.at(-1)?.closed === "by a reset");
    assert.equal(client.text.length, afterBytes);
    await is("nothing is left open", () => proxy.open === 0);
  }
});

test("a stop by end: half is closed, the other half goes on, the rest is thrown away", async () => {
  await using proxy = await start({ toServer: { stop: { afterBytes: size, by: "end" } } });
  const client = dial(proxy);
  client.socket.write("12345678 and more");
  await is("the server's end", () => arrived[0]?.hasEnded === true);
  await writing(client, "x".repeat(1_000_000));
  first().socket.end("late");
  await is("the client's end", () => client.hasEnded);
  assert.equal(first().text, "12345678");
  assert.equal(client.text, "12345678late");
  client.socket.end();
  await is("nothing is left open", () => proxy.open === 0);
});

test("a stop by silence: nothing more, not even the end", async () => {
  await using proxy = await start({ toClient: { stop: { afterBytes: size, by: "silence" } } });
  const client = dial(proxy);
  client.socket.write("12345678 and more");
  await is("eight bytes", () => client.text === "12345678");
  first().socket.end();
  client.socket.end();
  await is("the server's end", () => first().closed === "cleanly");
  await is("nothing is left open", () => proxy.open === 0);
  assert.equal(client.text, "12345678");
});

test("a stop by silence towards the server: it hears nothing of its client", async () => {
  await using proxy = await start({ toServer: { stop: { afterBytes: 0, by: "silence" } } });
  const client = dial(proxy);
  client.socket.write("hello");
  await is("it arrived", () => arrived.length === 1);
  client.socket.end();
  await is("nothing is left open", () => proxy.open === 0);
  assert.deepEqual([first().text, client.text], ["", ""]);
  first().socket.end();
});

test("latency: no byte is early", async () => {
  await using proxy = await start({ toServer: { latencyMs: 30 }, toClient: { latencyMs: 30 } });
  const client = dial(proxy);
  await once(client.socket, "connect");
  const startedMs = performance.now();
  client.socket.end("hello");
  await is("the echo", () => client.text === "hello");
  assert.ok(performance.now() - startedMs >= 60);
  first().socket.end();
  await is("the end", () => client.hasEnded);
});

test("what is on its way arrives although its sender has gone", async () => {
  serve = ({ socket }) => socket.end("last words");
  await using proxy = await start({ toClient: { latencyMs: 50 } });
  const client = dial(proxy);
  client.socket.end();
  await is("the end", () => client.hasEnded);
  assert.equal(client.text, "last words");
  await is("nothing is left open", () => proxy.open === 0);
});

test("bandwidth: so many bytes take so long", async () => {
  await using proxy = await start({ toServer: { bytesPerSecond: 10_000 } });
  const client = dial(proxy);
  await once(client.socket, "connect");
  const startedMs = performance.now();
  client.socket.write("x".repeat(1_000));
  await is("the echo", () => client.text.length === 1_000);
  assert.ok(performance.now() - startedMs >= 99);
});

test("slices: every byte comes, and not in one piece", async () => {
  await using proxy = await start({ toServer: { sliceBytes: 3 } });
  const client = dial(proxy);
  client.socket.write("abcdefghij");
  await is("the echo", () => client.text === "abcdefghij");
  // The receiver may find two slices at once.
  assert.ok(first().reads > 1, `${first().reads} reads`);
});

test("a slow close: the end comes later than the last byte", async () => {
  let saidMs = Infinity;
  serve = ({ socket }) => {
    saidMs = performance.now();
    socket.end("bye");
  };
  await using proxy = await start({ toClient: { endDelayMs: 60 } });
  const client = dial(proxy);
  await is("the end", () => client.hasEnded);
  assert.equal(client.text, "bye");
  assert.ok(performance.now() - saidMs >= 59);
  client.socket.end();
  await is("nothing is left open", () => proxy.open === 0);
});

test("a close that is held back for a minute holds no byte back", async () => {
  serve = ({ socket }) => socket.end("bye");
  await using proxy = await start({ toClient: { endDelayMs: 60_000 } });
  const client = dial(proxy);
  await is("the bytes", () => client.text === "bye");
  assert.equal(client.hasEnded, false);
});

test("a receiver that does not read stops the sender: some buffers fill up, no more", async () => {
  const large = 64 * 1024 * 1024;
  serve = ({ socket }) => socket.pause();
  await using proxy = await start();
  const client = dial(proxy);
  let isTaken = false;
  client.socket.write(Buffer.alloc(large, "x"), () => (isTaken = true));
  await is("it arrived", () => arrived.length === 1);
  // Meanwhile somebody else is served as ever.
  serve = ({ socket }) => socket.on("data", (bytes: Buffer) => socket.write(bytes));
  const other = dial(proxy);
  for (let n = 1; n <= 200; n += 1) {
    other.socket.write("x");
    await is("the echo", () => other.text.length === n);
  }
  assert.equal(isTaken, false);
  let arrivedBytes = 0;
  first().socket.removeAllListeners("data");
  first().socket.on("data", (bytes: Buffer) => (arrivedBytes += bytes.length));
  first().socket.resume();
  await is("all of it comes", () => arrivedBytes === large);
  assert.equal(isTaken, true);
});

test("steering: all open connections are reset, or ended, at a word", async () => {
  await using proxy = await start();
  for (const word of ["reset", "end"] as const) {
    const clients = Array.from({ length: 5 }, () => dial(proxy));
    await is("all are open", () => proxy.open === 5 && clients.every((each) => !each.hasEnded));
    await is("they arrived", () => arrived.filter((each) => each.closed === "no").length === 5);
    if (word === "reset") proxy.resetAll();
    else proxy.endAll();
    if (word === "reset") {
      await is("resets", () => clients.every((each) => each.closed === "by a reset"));
    } else await is("ends", () => clients.every((each) => each.hasEnded));
    for (const each of [...clients, ...arrived]) each.socket.end();
    await is("nothing is left open", () => proxy.open === 0);
  }
});

test("more connections than it may have are reset, and those it has go on", async () => {
  await using proxy = await start({}, 2);
  const [early, other] = [dial(proxy), dial(proxy)];
  await is("they arrived", () => arrived.length === 2);
  const late = dial(proxy);
  await is("the reset", () => late.closed === "by a reset");
  early.socket.end("hello");
  await is("the echo", () => early.text === "hello");
  other.socket.resetAndDestroy();
  await is("there is room", () => proxy.open < 2);
  const next = dial(proxy);
  next.socket.write("hello");
  await is("the echo", () => next.text === "hello");
});

test("the fault of a connection is that of the moment in which it was accepted", async () => {
  await using proxy = await start();
  const early = dial(proxy);
  await is("it arrived", () => arrived.length === 1);
  proxy.fault = { accept: "reset" };
  const late = dial(proxy);
  await is("the reset", () => late.closed === "by a reset");
  early.socket.write("still here");
  await is("the echo", () => early.text === "still here");
});

test("disposing of it ends everything that is open, held or ignored", async () => {
  const proxy = await start();
  const open = dial(proxy);
  open.socket.write("hello");
  await is("the echo", () => open.text === "hello");
  proxy.fault = { accept: "hold" };
  const held = dial(proxy);
  await is("it is held", () => proxy.held === 1);
  await proxy[Symbol.asyncDispose]();
  await is("both are told", () => open.hasEnded && held.hasEnded);
  for (const each of [open, held, first()]) each.socket.destroy();
});
