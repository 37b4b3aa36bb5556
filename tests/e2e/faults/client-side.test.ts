import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, test } from "node:test";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { ClientH1 } from "@sekisho/lib/http/testing/client-h1.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";
import { assertOnce } from "../../harness/assert-once.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import type { LinkFault } from "../../harness/proxy/link-fault.ts";
import { until } from "../../harness/until.ts";
import { tell, type Asked, type Met } from "./ask.ts";
import { ClientSideStage } from "./client-side-stage.ts";
import { answersIn, dialRaw, rawRequest, wholeAnswer } from "./raw-ask.ts";

/** STR-6 */
const closedWithinMs = 100;

let stage: ClientSideStage;
before(async () => {
  stage = await ClientSideStage.start();
});
after(async () => {
  await using _ = stage;
  assert.doesNotMatch(stage.gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
});
afterEach(async () => {
  stage.provider.setScenarios([]);
  await until("no call is open", () => (stage.ledger.counts().openIntents === 0 ? true : null));
  const { calls, terminalRows } = stage.ledger.counts();
  assert.equal(terminalRows, calls);
  await until("the provider has seen the end of every call", () =>
    stage.provider.calls().every(({ state }) => state === "ended") ? true : null,
  );
});

/** A call under way: the client's connection, and the number that provider and ledger know. */
interface Sent {
  readonly asked: Asked;
  readonly client: ClientH1;
  readonly number: number;
}

const send = (asked: Asked, url = stage.gateway.url): Sent => {
  const number = stage.nextNumber();
  return { asked, number, client: dialRaw(url, rawRequest(asked, number).bytes) };
};

const inEachWay = (act: (asked: Asked) => Promise<void>): Promise<unknown> =>
  Promise.all(stage.ways.map(act));

const inEachStream = (act: (asked: Asked) => Promise<void>): Promise<unknown> =>
  Promise.all(stage.ways.filter(({ stream }) => stream).map(act));

const callsOf = (number: number): CallRecord[] =>
  stage.provider.calls().filter(({ summary }) => summary?.maxTokens === number);

/** The provider's one call of that number, once it looks like that. */
const callOf = (number: number, is: (call: CallRecord) => boolean): Promise<CallRecord> =>
  until(`the provider's call of ${number}`, () => {
    const [call, ...others] = callsOf(number);
    assert.equal(others.length, 0, "nobody tried again");
    return call !== undefined && is(call) ? call : null;
  });

function assertWhole({ asked }: Pick<Sent, "asked">, met: Met): void {
  assert.equal(met.status, 200, met.body.toString());
  const { text, error, ends, reasons } = tell(asked, met);
  assert.deepEqual([error, ends, reasons.length], [null, 1, 1]);
  assert.notEqual(text, "");
}

/** MON-15: a client that has left is one row, and one of its attempt. */
function assertCancelled(rows: readonly StoredRow[]): void {
  assert.deepEqual(
    rows.map(({ attempt, outcome, cause }) => [attempt, outcome, cause]),
    [
      [0, "cancelled", "client_closed"],
      [1, "cancelled", "client_closed"],
    ],
  );
  assert.ok((rows[0]?.costNanoUsd ?? 0) > 0, "the provider was at work for it");
}

/** Nothing was begun for a client that left soon, or a call that is settled in one way or other. */
function assertSettledIfAny(number: number): void {
  const rows = stage.ledger.rowsOfSession(String(number));
  for (const { outcome, cause } of rows) {
    assert.ok(["ok", "cancelled"].includes(outcome), outcome);
    assert.equal(cause, outcome === "ok" ? null : "client_closed");
  }
  assert.ok(callsOf(number).length <= rows.length, "what is dispatched is booked");
}

/** How a client leaves: by RST, by closing its socket, by FIN on its half of the connection. */
const leaving: Readonly<Record<string, (client: ClientH1) => void>> = {
  "a reset": ({ socket }) => socket.resetAndDestroy(),
  "a close": (client) => client.leave(),
  "the close of its half": ({ socket }) => socket.end(),
};

/** Leaves, and holds the books against STR-6: how long the provider did not know of it. */
async function left(sent: Sent, leave: (client: ClientH1) => void): Promise<number> {
  const leftMs = stage.gateway.clock.monotonicMs();
  leave(sent.client);
  const call = await callOf(sent.number, ({ clientGoneMs }) => clientGoneMs !== null);
  const tookMs = (call.clientGoneMs ?? Infinity) - leftMs;
  assertCancelled(await stage.rowsOf(sent.number));
  await sent.client.closed;
  return tookMs;
}

for (const [how, leave] of Object.entries(leaving)) {
  describe(`STR-6 a client that leaves by ${how}`, () => {
    test("in the midst of its request: nothing is dispatched, nothing is booked", async () => {
      await inEachWay(async (asked) => {
        const number = stage.nextNumber();
        const { bytes, headBytes } = rawRequest(asked, number);
        for (const kept of [headBytes - 10, headBytes, headBytes + 10, bytes.length - 1]) {
          const client = dialRaw(stage.gateway.url, bytes.subarray(0, kept));
          await until("it was sent", () => (client.socket.bytesWritten === kept ? true : null));
          leave(client);
          await client.closed;
        }
        assert.deepEqual(callsOf(number), []);
        assert.deepEqual(stage.ledger.rowsOfSession(String(number)), []);
      });
    });

    test("as soon as it has asked: what was begun for it is settled", async () => {
      const numbers: number[] = [];
      for (let waitMs = 0; waitMs < 5; waitMs += 1) {
        await inEachWay(async (asked) => {
          const { number, client } = send(asked);
          numbers.push(number);
          await sleep(waitMs);
          leave(client);
          await client.closed;
        });
      }
      await until("no call is open", () => (stage.ledger.counts().openIntents === 0 ? true : null));
      for (const number of numbers) assertSettledIfAny(number);
    });

    test("before the first token: the provider's call is closed", async () => {
      stage.provider.setScenarios([{ name: "held", hold: true }]);
      await inEachWay((asked) =>
        assertOnce(
          async () => {
            const sent = send(asked);
            await callOf(sent.number, ({ state }) => state === "held");
            return await left(sent, leave);
          },
          { limitMs: closedWithinMs, most: 20 },
        ),
      );
    });

    test("in mid-stream: the provider's call is closed", async () => {
      stage.provider.setScenarios([{ name: "slow", tokensPerSecond: 50, answerTokens: 5_000 }]);
      await inEachStream((asked) =>
        assertOnce(
          async () => {
            const sent = send(asked);
            await callOf(sent.number, ({ producedTokens }) => producedTokens > 5);
            await until("some of it came", () => (sent.client.received.length > 0 ? true : null));
            return await left(sent, leave);
          },
          { limitMs: closedWithinMs, most: 20 },
        ),
      );
    });
  });
}

test("pipelined requests of all surfaces are answered in their order", async () => {
  const asking = stage.ways.map((asked) => ({ asked, number: stage.nextNumber() }));
  const received: Buffer[] = [];
  const client = dialRaw(
    stage.gateway.url,
    Buffer.concat(asking.map(({ asked, number }) => rawRequest(asked, number).bytes)),
  );
  client.socket.on("data", (bytes: Buffer) => received.push(bytes));
  const answers = await until("every answer is there", () => {
    const found = answersIn(Buffer.concat(received));
    return found.length === asking.length ? found : null;
  });
  client.socket.end();
  await client.closed;
  for (const [n, each] of asking.entries()) assertWhole(each, answers[n] ?? assert.fail());
});

test("STR-6 a client that leaves with requests in the pipe: all of them are settled", async () => {
  stage.provider.setScenarios([{ name: "held", hold: true }]);
  const asking = stage.ways.map((asked) => ({ asked, number: stage.nextNumber() }));
  const client = dialRaw(
    stage.gateway.url,
    Buffer.concat(asking.map(({ asked, number }) => rawRequest(asked, number).bytes)),
  );
  const [{ number: first } = { number: 0 }] = asking;
  await callOf(first, ({ state }) => state === "held");
  client.socket.resetAndDestroy();
  assertCancelled(await stage.rowsOf(first));
  await until("no call is open", () => (stage.ledger.counts().openIntents === 0 ? true : null));
  for (const { number } of asking) assertSettledIfAny(number);
});

/** What a client's own line does to its bytes, and nothing to its answer. */
const lines: Readonly<Record<string, LinkFault>> = {
  "sends one byte at a time": { toServer: { sliceBytes: 1 } },
  "is late and unsteady": {
    toServer: { latencyMs: 20, jitterMs: 20, sliceBytes: 50 },
    toClient: { latencyMs: 20, jitterMs: 20, sliceBytes: 50 },
  },
  "uploads slowly": { toServer: { bytesPerSecond: 1_000 } },
  "reads slowly": { toClient: { bytesPerSecond: 20_000 } },
  "closes slowly": { toServer: { endDelayMs: 100 }, toClient: { endDelayMs: 100 } },
};

for (const [what, fault] of Object.entries(lines)) {
  test(`a client that ${what} is answered`, async () => {
    await using proxy = await FaultProxy.start({ to: stage.gateway.url, fault });
    await inEachWay(async (asked) => {
      const sent = send(asked, proxy.url);
      assertWhole(sent, await wholeAnswer(sent.client, sent.number));
      sent.client.socket.end();
      await sent.client.closed;
    });
    await until("nothing is left open", () => (proxy.open === 0 ? true : null));
  });
}

test("STR-6 a client whose line is reset in mid-stream is settled", async () => {
  stage.provider.setScenarios([{ name: "slow", tokensPerSecond: 50, answerTokens: 500 }]);
  const fault = { toClient: { stop: { afterBytes: 3_000, by: "reset" } } } as const;
  await using proxy = await FaultProxy.start({ to: stage.gateway.url, fault });
  await inEachStream(async (asked) => {
    const { number, client } = send(asked, proxy.url);
    await client.closed;
    assertCancelled(await stage.rowsOf(number));
    await callOf(number, ({ outcome }) => outcome === "client_gone");
  });
});

test("a client whose line goes silent in mid-stream has its answer in the books", async () => {
  stage.provider.setScenarios([{ name: "slow", tokensPerSecond: 200, answerTokens: 100 }]);
  const fault = { toClient: { stop: { afterBytes: 3_000, by: "silence" } } } as const;
  await using proxy = await FaultProxy.start({ to: stage.gateway.url, fault });
  await inEachStream(async (asked) => {
    const { number, client } = send(asked, proxy.url);
    const [own] = await stage.rowsOf(number);
    assert.deepEqual([own?.outcome, own?.cause], ["ok", null]);
    const { costNanoUsd } = await callOf(number, ({ outcome }) => outcome === "complete");
    assert.equal(own?.costNanoUsd, costNanoUsd);
    client.leave();
    await client.closed;
  });
});
