import assert from "node:assert/strict";
import { test } from "node:test";
import { blockFaults, type Ears } from "../block-faults-harness.ts";
import { FaultBench, tryFaults } from "../fault-harness.ts";
import { streamErrors, type ErrorFault } from "../faults.data.ts";
import { bedrock } from "./dialect.ts";
import { jsonOf, messagesOf } from "./event-ears-harness.ts";

const bench = new FaultBench();

const requestOf = (stream: boolean, marker: string): string => {
  const messages = [{ role: "user", content: [{ text: `Hello [[sim: ${marker}]]` }] }];
  const method = stream ? "converse-stream" : "converse";
  const path = `/us-east-1/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/${method}`;
  return FaultBench.bytesOf({ path, body: { messages } });
};

const exceptionNames: Readonly<Partial<Record<ErrorFault, string>>> = {
  "400": "validationException",
  "408": "modelTimeoutException",
  "424": "modelStreamErrorException",
  "429": "throttlingException",
  "500": "internalServerException",
  "503": "serviceUnavailableException",
  "529": "serviceUnavailableException",
};

const ears: Ears = {
  dialect: bedrock,
  contentType: /content-type: application\/vnd\.amazon\.eventstream/,
  events: (body) =>
    messagesOf(body)
      .filter(({ kind }) => kind === "event")
      .map(({ payload }) => jsonOf(payload)),
  textMember: '"delta":{"text"',
  endMember: '"stopReason"',
  startMember: '"role":"assistant"',
  endsWithError: ({ body }, name) => {
    const last = messagesOf(body).at(-1);
    const { message, status } = bedrock.errors.faults[name];
    const told = JSON.parse(last?.payload ?? "null") as Record<string, unknown>;
    assert.equal(told["originalStatusCode"], name === "424" ? status : undefined);
    return (
      last?.kind === "exception" &&
      last.name === exceptionNames[name] &&
      told["message"] === message
    );
  },
  outputTokens: (body, stream) => {
    const json = stream
      ? messagesOf(body).find(({ name }) => name === "metadata")?.payload
      : body.toString();
    const answer = JSON.parse(json ?? "null") as { usage: { outputTokens: unknown } };
    return answer.usage.outputTokens;
  },
  stopReasons: {
    filtered: "content_filtered",
    guardrail: "guardrail_intervened",
    refusal: "content_filtered",
  },
  hasChecksums: true,
  isOdd: (body) => {
    const names = messagesOf(body).map(({ name }) => name);
    const said = names.filter((name) => name !== "simulatedNews");
    return names.length === 2 * said.length && said.at(-1) === "metadata";
  },
};

tryFaults(bench, blockFaults(ears), requestOf);

test("SIM-2 huge-line: one message of that size, with good checksums", async () => {
  const heard = await bench.play(requestOf(true, "tokens=3 fault=huge-line bytes=2097152"));
  const [, huge] = messagesOf(heard.body);
  assert.ok((huge?.payload.length ?? 0) > 2_097_152);
  assert.equal(jsonOf(huge?.payload ?? "")?.includes("aaaa"), true);
});

for (const [fault, name] of Object.entries(streamErrors)) {
  test(`SIM-2 ${fault} before content: the exception is the first message, unbilled`, async () => {
    const heard = await bench.play(requestOf(true, `fault=${fault} after=0`));
    const messages = messagesOf(heard.body);
    assert.deepEqual(
      messages.map((message) => [message.kind, message.name]),
      [["exception", exceptionNames[name]]],
    );
    assert.deepEqual([heard.call.outcome, heard.call.costNanoUsd], ["error", 0]);
  });
}
