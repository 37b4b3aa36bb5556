import assert from "node:assert/strict";
import { test } from "node:test";
import { blockFaults, type Ears } from "../block-faults-harness.ts";
import { FaultBench, tryFaults } from "../fault-harness.ts";
import { RawConnection } from "../raw-connection.ts";
import { anthropic, errorJson } from "./dialect.ts";

const bench = new FaultBench();

const requestOf = (stream: boolean, marker: string): string => {
  const content = `Hello [[sim: ${marker}]]`;
  const body = {
    model: "claude-haiku-4-5",
    max_tokens: 4_096,
    stream,
    messages: [{ role: "user", content }],
  };
  const headers = { "anthropic-version": "2023-06-01" };
  return FaultBench.bytesOf({ path: "/us-east-1/v1/messages", headers, body });
};

/** Data of events; null where it is no JSON, nothing for what has no name. */
const eventsOf = (body: Buffer): (string | null)[] =>
  body
    .toString()
    .split(/\n\n/)
    .slice(0, -1)
    .map((event) => {
      const data = /^event: \w+\ndata: (.*)$/.exec(event)?.[1] ?? "";
      try {
        JSON.parse(data);
        return data;
      } catch {
        return null;
      }
    });

const ears: Ears = {
  dialect: anthropic,
  contentType: /content-type: text\/event-stream/,
  events: eventsOf,
  textMember: '"text_delta"',
  endMember: '"type":"message_stop"',
  startMember: '"type":"message_start"',
  endsWithError: ({ body, call }, name) => {
    const json = errorJson(anthropic.errors.faults[name], anthropic.requestId(call.id));
    return body.toString().endsWith(`event: error\ndata: ${json}\n\n`);
  },
  outputTokens: (body, stream) => {
    const json = stream
      ? eventsOf(body).find((event) => event?.includes('"message_delta"'))
      : body.toString();
    const answer = JSON.parse(json ?? "null") as { usage: { output_tokens: unknown } };
    return answer.usage.output_tokens;
  },
  stopReasons: { filtered: "refusal", guardrail: "refusal", refusal: "refusal" },
  hasChecksums: false,
  isOdd: (body) => {
    const text = body.toString();
    const signs = ["\r\r", "\r\n\r\n", "data:{", "event:ping", "id: 7"];
    return text.startsWith("\ufeff") && signs.every((sign) => text.includes(sign));
  },
};

tryFaults(bench, blockFaults(ears), requestOf);

test("SIM-2 slices: each HTTP chunk has so many bytes, and the answer is the same", async () => {
  const whole = await bench.play(requestOf(true, "tokens=60"));
  const sliced = await bench.play(requestOf(true, "tokens=60 slice=1"));
  assert.match(sliced.wire, /^(?:1\r\n[^]\r\n){500}/);
  const normal = (body: Buffer): string =>
    body
      .toString()
      .replace(/msg_\w+-\w+/, "id")
      .replaceAll(/"input_tokens":\d+/g, "");
  assert.equal(normal(sliced.body), normal(whole.body));
});

test("SIM-2 a paced stream brings a token with each frame", async () => {
  const connection = new RawConnection(bench.simulator.port);
  const heard = await bench.listen(connection, requestOf(true, "tokens=5 tps=10"));
  const call = heard.call;
  assert.equal(call.producedTokens, 1);
  for (let n = 2; n <= 5; n++) {
    bench.clock.advanceBy(100);
    assert.equal(call.producedTokens, n);
  }
  assert.equal(call.outcome, "complete");
  connection.destroy();
});

test("SIM-2 overloaded before content: the error is the first event, unbilled", async () => {
  const heard = await bench.play(requestOf(true, "fault=error-overloaded after=0"));
  assert.match(heard.body.toString(), /^event: error\ndata: .*"overloaded_error".*\n\n$/);
  assert.deepEqual([heard.call.outcome, heard.call.costNanoUsd], ["error", 0]);
});

test("SIM-2 429 and 529 carry the hints of a scenario", async () => {
  for (const fault of ["429", "529"]) {
    const marker = `fault=${fault} retry-after=7 backoff-ms=20`;
    const { head } = await bench.play(requestOf(false, marker));
    assert.match(head, new RegExp(`^HTTP/1.1 ${fault} `));
    assert.match(head, /retry-after: 7\r\nretry-after-ms: 20/);
  }
});
