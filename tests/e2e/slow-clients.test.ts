import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import type { Surface } from "@sekisho/gateway/request.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { LedgerReader } from "../harness/ledger-reader.ts";
import type { StoredRow } from "../harness/ledger-file.ts";
import { RawClient } from "../harness/raw-client.ts";
import { peakMemory, residentBytes } from "../harness/resident-memory.ts";
import { SessionClient } from "../harness/session-client.ts";
import { sessionOpening } from "../harness/session-frames.ts";
import { until } from "../harness/until.ts";
import { clientsOf } from "./faults/clients/all-clients.ts";
import type { FaultClient } from "./faults/clients/fault-client.ts";
import { dialRaw, rawHead, rawRequest, wholeAnswer } from "./faults/raw-ask.ts";

const mebibyte = 2 ** 20;

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(() => gateway[Symbol.asyncDispose]());

const surfaces = clientsOf("openai.chat", "").map(({ surface }) => surface);
const manyTokens = 100_000;

const clientOf = (surface: Surface): FaultClient =>
  clientsOf("openai.chat", gateway.key).find((client) => client.surface === surface) ??
  assert.fail(`No client speaks ${surface}`);

const streamOf = (marker: string) => ({
  model: "sole",
  stream: true,
  max_tokens: manyTokens,
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
    const answering = client.answer(45_000);
    const tookMs = await timed(answering);
    const { status, code } = await answering;
    assert.deepEqual([status, code], [408, "header_timeout"]);
    assert.ok(tookMs > 9_500 && tookMs < 45_000, `${tookMs} ms`);
  });

  test("SEC-4 a head that trickles in has 10 s in all", async () => {
    using client = new RawClient(gateway.url, "POST /v1/chat/completions HTTP/1.1\r\n");
    const drip = setInterval(() => client.socket.write("x-a: b\r\n"), 500);
    const answering = client.answer(45_000);
    const tookMs = await timed(answering);
    clearInterval(drip);
    const { status, closed } = await answering;
    assert.ok(status === 408 || closed, `status ${status}`);
    assert.ok(tookMs < 45_000, `${tookMs} ms`);
  });

  test("SEC-4 a connection that says nothing is closed after 10 s", async () => {
    using client = new RawClient(gateway.url);
    const tookMs = await timed(client.answer(45_000));
    const { closed } = await client.answer(1);
    assert.ok(closed && tookMs > 9_000, `${tookMs} ms`);
  });

  for (const surface of surfaces) {
    test(`SEC-4 a body that trickles in has 30 s in all: 408, ${surface}`, async () => {
      const asked = { client: clientOf(surface), model: "sole", stream: true };
      const client = dialRaw(gateway.url, rawHead(asked, 1, 100_000));
      const drip = setInterval(() => client.send(Buffer.from(" ")), 1_000);
      const startedMs = performance.now();
      const { status, headers, body } = await wholeAnswer(client, 1);
      const tookMs = performance.now() - startedMs;
      clearInterval(drip);
      const said = { status, words: asked.client.readError(headers, body) };
      assert.deepEqual(said, asked.client.errorOf("body_timeout"));
      assert.ok(tookMs > 29_000 && tookMs < 45_000, `${tookMs} ms`);
      client.leave();
    });
  }

  // One whose bytes pass, and one for whom they are translated.
  for (const surface of ["openai.chat", "bedrock.converse"] as const) {
    test(`STR-7 a reader that takes nothing for 10 s is cut, one row: ${surface}`, async () => {
      using ledger = new LedgerReader(gateway.server.data);
      // More than the kernel takes for it.
      const text = "Go on [[sim: tokens=80000 tps=4000]]";
      const asked = { client: clientOf(surface), model: "sole", stream: true, text };
      // All of them ask at the same time, each with a number of its own.
      const number = manyTokens + surfaces.indexOf(surface);
      using reader = new RawClient(gateway.url, rawRequest(asked, number).bytes);
      const rowsOf = (): readonly StoredRow[] | null => {
        const rows = ledger.rowsOfSession(String(number));
        return rows.length > 0 ? rows : null;
      };
      const startedMs = performance.now();
      const rows = await until("the reader is given up", rowsOf);
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs > 10_000, `${tookMs} ms`);
      assert.deepEqual(
        rows.map(({ attempt, outcome, cause }) => [attempt, outcome, cause]),
        [
          [0, "cancelled", "slow_reader"],
          [1, "cancelled", "slow_reader"],
        ],
      );
      reader.socket.resume();
      await reader.closed;
      assert.doesNotMatch(reader.tail, /\[DONE\]|message_stop|metadata|InvocationMetrics/);
    });
  }

  test("STR-7 a session that takes nothing for 10 s is closed, others go on", async () => {
    // More than the kernel takes for it.
    const content = "[[sim: fault=huge-line bytes=900000]]";
    const request = { model: "sole", messages: [{ role: "user", content }] };
    const start = (id: string) => ({ type: "start", id, request });
    const starts = Array.from({ length: 16 }, (_, n) => start(`${n}`));
    using slow = new RawClient(gateway.url, sessionOpening(gateway.key, starts));
    using other = new SessionClient(gateway.url, `?token=${gateway.key}`);
    await other.opened();
    const openSessions = async (): Promise<number> => {
      const answer = await fetch(`${gateway.server.ready.urls["admin"]}/metrics`);
      return Number(/^sekisho_sessions_open (\d+)$/m.exec(await answer.text())?.[1]);
    };
    const startedMs = performance.now();
    other.say(start("1"));
    // What its socket does not take is no reason for others to wait.
    await other.next("event");
    await until(
      "the slow session is closed",
      async () => ((await openSessions()) === 1 ? true : null),
      40_000,
    );
    const tookMs = performance.now() - startedMs;
    // Before it is cut for its silence, behind six pings.
    assert.ok(tookMs > 9_000 && tookMs < 33_000, `${tookMs} ms`);
    slow.socket.resume();
    await slow.closed;
    assert.ok(slow.received < 14_000_000, `${slow.received} bytes were kept for it`);
  });

  test("STR-7 a whole answer that nobody reads is given up too", async () => {
    const content = "[[sim: fault=huge-line bytes=20000000]]";
    const messages = [{ role: "user", content }];
    using reader = RawClient.post(gateway, { model: "sole", messages });
    await until(
      "the provider has sent all of it",
      () =>
        gateway.simulator.calls().find(({ bytesWritten }) => bytesWritten > 20e6)?.endedMs ?? null,
    );
    // No longer than the bodies beside it: 10 s and what a busy machine is late.
    await sleep(25_000);
    reader.socket.resume();
    await reader.closed;
    assert.ok(reader.received < 20_000_000, `${reader.received} bytes were kept for it`);
  });

  test("STR-7 a reader that lags but reads is not cut", async () => {
    using reader = RawClient.post(gateway, streamOf("tokens=24000 tps=20000"));
    await sleep(2_000);
    await Promise.race([reader.readSlowly({ pauseMs: 10 }), sleep(50_000, null, { ref: false })]);
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
    const allSent = until("the provider has sent what is taken of it", () => {
      const { producedTokens = 0, outcome = null } = own.simulator.calls().at(-1) ?? {};
      return outcome !== null || producedTokens > 20_000 ? true : null;
    });
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
