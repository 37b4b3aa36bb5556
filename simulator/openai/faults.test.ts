import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  both,
  expected,
  FaultBench,
  has,
  isHalf,
  isThird,
  page,
  says,
  share,
  silent,
  tryFaults,
  until,
  type Expected,
  type Heard,
  type Pair,
} from "../fault-harness.ts";
import { streamErrors, type FaultName, type StreamErrorFault } from "../faults.data.ts";
import { RawConnection } from "../raw-connection.ts";
import { errorFaults } from "./errors.data.ts";

const bench = new FaultBench();

const requestOf = (stream: boolean, marker: string): string => {
  const content = `Hello [[sim: ${marker}]]`;
  const options = stream ? { stream, stream_options: { include_usage: true } } : {};
  const body = { model: "gpt-4", messages: [{ role: "user", content }], ...options };
  return FaultBench.bytesOf({ path: "/us-east-1/v1/chat/completions", body });
};

const play = (marker: string, stream: boolean): Promise<Heard> =>
  bench.play(requestOf(stream, `tokens=60 ${marker}`));

const events = (body: Buffer): string[] =>
  body
    .toString()
    .split("\n\n")
    .filter((event) => event !== "");
const contents = (body: Buffer): number =>
  events(body).filter((event) => /"delta":\{"content":"[^"]/.test(event)).length;
const isDone = (heard: Heard): boolean => heard.wire.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n");
const isError = (fault: keyof typeof errorFaults): Expected =>
  expected(["fin", "error"], 0, ({ head, body }) => {
    const row = errorFaults[fault];
    const error: unknown = JSON.parse(body.toString());
    assert.deepEqual(error, {
      error: { message: row.message, type: row.type, param: null, code: row.code },
    });
    return head.startsWith(`HTTP/1.1 ${row.status} `);
  });

const sse = (heard: Heard): boolean => /content-type: text\/event-stream/.test(heard.head);

const statuses = Object.fromEntries(
  // The keys of the table that is being walked.
  (Object.keys(errorFaults) as (keyof typeof errorFaults)[]).map((name) => [
    name,
    both(isError(name)),
  ]),
) as Record<keyof typeof errorFaults, Pair>;

const error500 = JSON.stringify({
  error: { message: errorFaults["500"].message, type: "server_error", param: null, code: null },
});
const half = expected(["fin", "cut_by_us"], 60, isHalf);
const errorBody = expected(["fin", "error"], 0, says(error500));
const usageOf = ({ body }: Heard): Record<string, unknown> => {
  const text = body.toString();
  const found = /"usage":(\{.*?\}\})/.exec(text)?.[1];
  return JSON.parse(found ?? assert.fail("no usage")) as Record<string, unknown>;
};
const usage = (field: string, value: unknown): Expected =>
  expected(["fin", "complete"], 60, (heard) => usageOf(heard)[field] === value);
const streamErrorRows = Object.fromEntries(
  Object.entries(streamErrors).map(([fault, name]): [string, Pair] => {
    const { message, type, code } = errorFaults[name];
    const error = JSON.stringify({ error: { message, type, param: null, code } });
    const streamed = expected(["fin", "cut_by_us"], 20, ({ body }) => {
      return contents(body) === 20 && events(body).at(-1) === `data: ${error}`;
    });
    return [fault, [streamed, isError(name)]];
  }),
) as Record<StreamErrorFault, Pair>;

/** Each fault: what is heard of a stream of 60 tokens, then of a plain answer. */
const table: Record<FaultName, Pair> = {
  ...statuses,
  "502": both(page(502)),
  "504": both(page(504)),
  "empty-body": [
    expected(["fin", "error"], 0, (heard) => sse(heard) && heard.wire === ""),
    expected(["fin", "error"], 0, (heard) => heard.head !== "" && heard.wire === ""),
  ],
  "html-body": both(page(200)),
  "empty-object": both(expected(["fin", "error"], 0, says("{}"))),
  "error-body": both(errorBody),
  "close-fin": both(expected(["fin", "cut_by_us"], 0, silent)),
  "close-rst": both(expected(["rst", "cut_by_us"], 0, silent)),
  "keepalive-race": both(expected(["fin", "complete"], 60, has("usage"))),
  "stall-head": both(expected(["open", null], 0, silent)),
  "stall-body": both(expected(["open", null], 0, ({ head, wire }) => head !== "" && wire === "")),
  "stall-role": [
    expected(["open", null], 0, ({ body }) => events(body).length === 1),
    expected(["open", null], 0, (heard) => Math.abs(share(heard) - 0.5) < 0.01),
  ],
  stall: [
    expected(["open", null], 0, ({ body }) => contents(body) === 20),
    expected(["open", null], 0, isThird),
  ],
  "cut-fin": [
    expected(
      ["fin", "cut_by_us"],
      20,
      ({ body, wire }) => contents(body) === 20 && !/\r\n0\r\n/.test(wire),
    ),
    expected(["fin", "cut_by_us"], 60, isThird),
  ],
  "cut-rst": [
    expected(["rst", "cut_by_us"], 20, ({ body }) => contents(body) === 20),
    expected(["rst", "cut_by_us"], 60, isThird),
  ],
  "cut-clean": [
    expected(
      ["fin", "cut_by_us"],
      20,
      ({ body, wire }) => contents(body) === 20 && wire.endsWith("\r\n0\r\n\r\n"),
    ),
    half,
  ],
  "broken-event": [
    expected(["fin", "complete"], 60, (heard) => {
      const broken = events(heard.body).filter((event) => event.endsWith('"content":"lo'));
      return broken.length === 1 && contents(heard.body) === 61 && isDone(heard);
    }),
    half,
  ],
  "huge-line": both(
    expected(["fin", "complete"], 60, ({ body }) => body.toString().includes("a".repeat(2 ** 20))),
  ),
  "truncated-frame": [
    expected(["fin", "cut_by_us"], 60, ({ body, wire }) => {
      const last = events(body).at(-1) ?? "";
      assert.throws(() => JSON.parse(last.slice("data: ".length)), SyntaxError);
      return contents(body) === 60 && wire.endsWith("\r\n0\r\n\r\n");
    }),
    half,
  ],
  "error-first": [
    expected(
      ["fin", "error"],
      0,
      (heard) => sse(heard) && events(heard.body)[0] === `data: ${error500}`,
    ),
    errorBody,
  ],
  "error-event": [
    expected(["fin", "cut_by_us"], 20, ({ body }) => {
      return contents(body) === 20 && events(body).at(-1) === `data: ${error500}`;
    }),
    errorBody,
  ],
  ...streamErrorRows,
  "no-terminal": [
    expected(["fin", "cut_by_us"], 60, (heard) => {
      return contents(heard.body) === 60 && !isDone(heard) && has('"finish_reason":"stop"')(heard);
    }),
    half,
  ],
  "bad-crc": both(expected(["fin", "complete"], 60, has("usage"))),
  "huge-length": both(expected(["fin", "complete"], 60, has("usage"))),
  "double-terminal": [
    expected(["fin", "complete"], 60, ({ body }) => body.toString().split("[DONE]").length === 3),
    expected(["fin", "complete"], 60, has("}{")),
  ],
  "content-after-end": [
    expected(["fin", "complete"], 60, ({ body }) => {
      const [, late] = body.toString().split("data: [DONE]\n\n");
      return contents(Buffer.from(late ?? "")) === 3;
    }),
    expected(["fin", "complete"], 60, has("\nand more")),
  ],
  endless: both(expected(["open", null], 0, ({ wire }) => wire.length > 8_000_000)),
  "odd-framing": [
    expected(["fin", "complete"], 60, ({ body }) => {
      const text = body.toString();
      return text.startsWith("\ufeff") && text.includes("\r\r") && text.includes("\r\n\r\n");
    }),
    expected(["fin", "complete"], 60, ({ body }) => {
      const answer: unknown = JSON.parse(body.toString());
      return typeof answer === "object" && body.toString().includes("\r\n\t");
    }),
  ],
  guardrail: both(expected(["fin", "complete"], 20, has('"finish_reason":"content_filter"'))),
  filtered: both(expected(["fin", "complete"], 20, has('"finish_reason":"content_filter"'))),
  refusal: both(expected(["fin", "complete"], 16, has("refusal"))),
  "cut-tool-json": both(expected(["fin", "complete"], 60, has('"finish_reason":"stop"'))),
  "no-usage": both(
    expected(["fin", "complete"], 60, ({ body }) => !/"usage":\{/.test(body.toString())),
  ),
  "usage-huge": both(usage("completion_tokens", 1e9)),
  "usage-negative": both(usage("completion_tokens", -61)),
  "usage-string": both(usage("completion_tokens", "60")),
  gzip: both(
    expected(["fin", "complete"], 60, ({ head, body }) => {
      assert.match(head, /content-encoding: gzip/);
      return gunzipSync(body).toString().includes('"completion_tokens":60');
    }),
  ),
  bomb: both(expected(["fin", "error"], 0, ({ body }) => gunzipSync(body).length >= 2 ** 20)),
  "many-headers": both(
    expected(["fin", "complete"], 60, ({ head }) => head.split("x-simulated-").length === 5_001),
  ),
  redirect: both(
    expected(
      ["fin", "error"],
      0,
      ({ head }) => /^HTTP\/1.1 307 /.test(head) && /169\.254/.test(head),
    ),
  ),
};

tryFaults(bench, table, requestOf);

test("SIM-2 keepalive-race: the second request of a connection meets a reset", async () => {
  const connection = new RawConnection(bench.simulator.port);
  const request = requestOf(true, "tokens=60 fault=keepalive-race").replace(
    "connection: close\r\n",
    "",
  );
  const first = await bench.listen(connection, request);
  assert.deepEqual([first.end, first.call.outcome], ["open", "complete"]);
  const second = await bench.listen(connection, request);
  assert.deepEqual([second.end, second.call.outcome], ["rst", "cut_by_us"]);
  assert.equal(second.call.requestOfConnection, 2);
  assert.equal(second.call.connection, first.call.connection);
});

test("SIM-2 a stall that the client leaves is billed as far as it went", async () => {
  const stalled = await play("fault=stall after=7", true);
  await until(() => stalled.call.state === "ended");
  assert.deepEqual([stalled.call.outcome, stalled.call.tokens.output], ["client_gone", 7]);
  assert.notEqual(stalled.call.clientGoneMs, null);
  const endless = await play("fault=endless", true);
  await until(() => endless.call.state === "ended");
  assert.equal(endless.call.outcome, "client_gone");
  assert.ok(endless.call.tokens.output > 60);
});

test("SIM-2 events: a stream stops behind any event, and is billed for its tokens", async () => {
  const lengths: [events: number, tokens: number][] = [];
  for (let events = 0; events <= 8; events += 1) {
    const { body, call } = await play(`tokens=3 fault=cut-clean events=${events}`, true);
    lengths.push([body.toString().split("\n\n").length - 1, call.producedTokens]);
  }
  // The role, three pieces, the reason, the usage, the end; there is nothing behind it.
  assert.deepEqual(lengths, [
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 3],
    [7, 3],
    [7, 3],
  ]);
});

test("SIM-2 a stall ends by itself in the end", async () => {
  const connection = new RawConnection(bench.simulator.port);
  const heard = await bench.listen(connection, requestOf(true, "tokens=60 fault=stall-body"));
  bench.clock.advanceBy(899_999);
  assert.equal(heard.call.state, "answering");
  bench.clock.advanceBy(1);
  assert.equal(heard.call.outcome, "cut_by_us");
  await until(() => connection.end === "fin");
});

test("SIM-2 slices: each HTTP chunk has so many bytes, and the answer is the same", async () => {
  for (const stream of [true, false]) {
    const whole = await play("", stream);
    const sliced = await play("slice=1", stream);
    assert.match(sliced.head, /transfer-encoding: chunked/i);
    assert.match(sliced.wire, /^(?:1\r\n[^]\r\n){500}/);
    const normal = (heard: Heard): string =>
      heard.body
        .toString()
        .replaceAll(/chatcmpl-\w+-\w+/g, "id")
        .replaceAll(/"prompt_tokens":\d+|"total_tokens":\d+/g, "");
    assert.equal(normal(sliced), normal(whole));
  }
});

test("SIM-2 a fault does not outlive its call: the next one is whole", async () => {
  const heard = await play("", true);
  assert.deepEqual([heard.end, contents(heard.body), isDone(heard)], ["fin", 60, true]);
});
