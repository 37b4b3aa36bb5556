import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient, requestHead } from "../harness/raw-client.ts";
import { peakMemory, residentBytes } from "../harness/resident-memory.ts";
import { until } from "../harness/until.ts";

const mebibyte = 2 ** 20;

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(() => gateway[Symbol.asyncDispose]());

const streamOf = (marker: string) => ({
  model: "sole",
  stream: true,
  max_tokens: 100_000,
  messages: [{ role: "user", content: `Go on [[sim: ${marker}]]` }],
});

/** How long `work` took, in milliseconds. */
const timed = async (work: Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
};

const readers = 100;

/** Has these clients take 1 KiB a second each, until it is disposed of. */
function sipping(clients: readonly RawClient[]): Disposable {
  for (const { socket } of clients) {
    socket.removeAllListeners("data");
    // Without a listener the socket would not even fill its own buffer.
    socket.on("readable", () => {});
  }
  const timer = setInterval(() => {
    for (const { socket } of clients) socket.read(1_024);
  }, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

// Each waits for a time-out of the gateway, so they wait together.
describe("clients that take their time", { concurrency: true }, () => {
  test("SEC-4 half a request head: 408 after 10 s, then the connection is closed", async () => {
    using client = new RawClient(
      gateway.url,
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-",
    );
    const answering = client.answer(13_000);
    const tookMs = await timed(answering);
    const { status, code } = await answering;
    assert.deepEqual([status, code], [408, "header_timeout"]);
    assert.ok(tookMs > 9_500 && tookMs < 13_000, `${tookMs} ms`);
  });

  test("SEC-4 a head that trickles in has 10 s in all", async () => {
    using client = new RawClient(gateway.url, "POST /v1/chat/completions HTTP/1.1\r\n");
    const drip = setInterval(() => client.socket.write("x-a: b\r\n"), 500);
    const answering = client.answer(12_500);
    const tookMs = await timed(answering);
    clearInterval(drip);
    const { status, closed } = await answering;
    assert.ok(status === 408 || closed, `status ${status}`);
    assert.ok(tookMs < 12_500, `${tookMs} ms`);
  });

  test("SEC-4 a connection that says nothing is closed after 10 s", async () => {
    using client = new RawClient(gateway.url);
    const tookMs = await timed(client.answer(12_500));
    const { closed } = await client.answer(1);
    assert.ok(closed && tookMs > 9_000, `${tookMs} ms`);
  });

  test("SEC-4 a body that trickles in has 30 s in all: 408", async () => {
    const authorization = `Bearer ${gateway.key}`;
    const head = requestHead({ authorization, "content-length": "100000" });
    using client = new RawClient(gateway.url, `${head}{`);
    const drip = setInterval(() => client.socket.write(" "), 1_000);
    const answering = client.answer(33_000);
    const tookMs = await timed(answering);
    clearInterval(drip);
    const { status, code } = await answering;
    assert.deepEqual([status, code], [408, "body_timeout"]);
    assert.ok(tookMs > 29_000, `${tookMs} ms`);
  });

  test("STR-7 a reader that takes nothing for 10 s is cut, and is one row", async () => {
    // More than the kernel takes for it.
    using reader = RawClient.post(gateway, streamOf("tokens=40000 tps=20000"));
    const rowOf = () => gateway.ledger.rows.find(({ cause }) => cause === "slow_reader") ?? null;
    const tookMs = await timed(until("the reader is given up", rowOf, 16_000));
    assert.ok(tookMs > 10_000, `${tookMs} ms`);
    const { id } = rowOf() ?? assert.fail();
    const rows = gateway.ledger.rows.filter((row) => row.id === id);
    assert.deepEqual(
      rows.map(({ attempt, outcome }) => [attempt, outcome]),
      [
        [0, "cancelled"],
        [1, "cancelled"],
      ],
    );
    reader.socket.resume();
    await reader.closed;
    assert.ok(!reader.tail.includes("[DONE]"), "a cut is no end");
  });

  test("STR-7 a whole answer that nobody reads is given up too", async () => {
    const content = "[[sim: fault=huge-line bytes=20000000]]";
    const messages = [{ role: "user", content }];
    using reader = RawClient.post(gateway, { model: "sole", messages });
    await sleep(14_000);
    reader.socket.resume();
    await reader.closed;
    assert.ok(reader.received < 20_000_000, `${reader.received} bytes were kept for it`);
  });

  test("STR-7 a reader that lags but reads is not cut", async () => {
    using reader = RawClient.post(gateway, streamOf("tokens=24000 tps=20000"));
    await sleep(2_000);
    await Promise.race([reader.readSlowly({ pauseMs: 10 }), sleep(28_000)]);
    const told = `${reader.received} bytes: ${reader.tail}`;
    assert.ok(reader.tail.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n"), told);
  });

  test("STR-7 a hundred slow readers: memory is bounded, other calls are fast", async () => {
    await using own = await GatewayUnderTest.start();
    const { pid } = own.server;
    const call = async (): Promise<void> => {
      const response = await own.chat("Reply with exactly: quick");
      assert.match(await response.text(), /"content":"quick"/);
    };
    for (let n = 0; n < 200; n += 1) await call();
    const usualBytes = residentBytes(pid);
    const slow = Array.from({ length: readers }, () =>
      RawClient.post(own, streamOf("tokens=24000 tps=6000")),
    );
    using _ = sipping(slow);
    const allSent = until(
      "the provider has sent what is taken of it",
      () => {
        const { producedTokens = 0, outcome = null } = own.simulator.calls().at(-1) ?? {};
        return outcome !== null || producedTokens > 20_000 ? true : null;
      },
      12_000,
    );
    const peakBytes = await peakMemory(pid, allSent);
    const grown = Math.round((peakBytes - usualBytes) / mebibyte);
    assert.ok(grown < 128, `${grown} MiB more for ${readers} readers of 6 MB each`);
    const tookMs: number[] = [];
    for (let n = 0; n < 50; n += 1) tookMs.push(await timed(call()));
    const median = tookMs.toSorted((a, b) => a - b)[25] ?? Infinity;
    assert.ok(median < 500, `a call took ${median} ms beside slow readers`);
    for (const client of slow) client[Symbol.dispose]();
    const { rows } = await own.settled();
    const answered = 200 + tookMs.length;
    assert.equal(rows.filter(({ attempt }) => attempt === 0).length, answered + readers);
  });
});
