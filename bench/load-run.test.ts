import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { test } from "node:test";
import { LoadRun, type LoadOptions, type LoadResult } from "./load-run.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const request = Buffer.from("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}");
const closedLoop = {
  request,
  connections: 4,
  rate: 0,
  warmMs: 20,
  measureMs: 500,
  rampMs: 0,
  once: false,
  expectEvents: 0,
  watchPid: 0,
};

async function load(answer: Answer, options: Partial<LoadOptions>): Promise<LoadResult> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  try {
    return await new LoadRun({ ...closedLoop, port: address.port, ...options }).run();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a closed loop counts answers and their latency", async () => {
  const result = await load((_, response) => response.end("ok"), { watchPid: process.pid });
  assert.equal(result.errors, 0);
  assert.ok(result.answers > 10);
  assert.equal(result.latency.count, result.answers);
  assert.ok(result.latency.p50 > 0 && result.latency.p50 <= result.latency.p99);
  assert.ok(result.rssPeakMb >= 0 && result.cpuMicros >= 0);
});

test("events of a stream are counted, timed and compared with what is right", async () => {
  const answer: Answer = (_, response) => {
    response.write("data: 1\n\n");
    setImmediate(() => response.end("data: [DONE]\n\n"));
  };
  const right = await load(answer, { expectEvents: 2 });
  assert.equal(right.errors, 0);
  assert.equal(right.eventsPerAnswer, 2);
  assert.ok(right.firstEvent.count > 0);
  const wrong = await load(answer, { expectEvents: 3 });
  assert.equal(wrong.answers, 0);
  assert.equal(wrong.errorsByKind["events"], wrong.errors);
});

test("an open loop charges a stalled server for the requests it kept waiting", async () => {
  let stalls = 0;
  const answer: Answer = (_, response) => {
    if (stalls++ === 0) setTimeout(() => response.end("ok"), 100);
    else response.end("ok");
  };
  const options = { connections: 1, rate: 100, warmMs: 0, measureMs: 200 };
  const result = await load(answer, options);
  assert.equal(result.errors, 0);
  assert.equal(result.answers, 20);
  // Nine requests were due while the only connection was taken: 90 ms late, 80 ms late ...
  assert.ok(result.latency.p90 > 60_000, `p90 is ${result.latency.p90}`);
});

test("wrong status, cut answers and refused connections are errors of their kind", async () => {
  const status = await load((_, response) => response.writeHead(500).end(), {});
  assert.equal(status.errorsByKind["status"], status.errors);
  assert.equal(status.answers, 0);
  const cut = await load((_, response) => response.destroy(), {});
  assert.equal(cut.errorsByKind["cut"], cut.errors);
  assert.ok(cut.errors > 0);
  const refused = await load(() => {}, { port: 1 });
  assert.equal(refused.errorsByKind["connect"], refused.errors);
  assert.ok(refused.errors > 0);
});

test("a server that ends each connection after its answer is served on new ones", async () => {
  const answer: Answer = (_, response) => {
    response.setHeader("connection", "close");
    response.end("ok");
  };
  const result = await load(answer, {});
  assert.equal(result.errors, 0);
  assert.ok(result.answers > 4);
});

test("once: each connection asks once and all of them are open together", async () => {
  const open: ServerResponse[] = [];
  const answer: Answer = (_, response) => {
    response.write("data: 1\n\n");
    open.push(response);
    if (open.length < 30) return;
    setTimeout(() => {
      for (const each of open) each.end("data: 2\n\n");
    }, 30);
  };
  const options = { once: true, connections: 30, rampMs: 50, measureMs: 5000, expectEvents: 2 };
  const result = await load(answer, options);
  assert.equal(result.errors, 0);
  assert.equal(result.answers, 30);
  assert.equal(result.mostStreams, 30);
});
