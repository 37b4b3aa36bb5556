import assert from "node:assert/strict";
import { test } from "node:test";
import { blockFaults, type Ears } from "../block-faults-harness.ts";
import { FaultBench, tryFaults } from "../fault-harness.ts";
import { bedrock } from "./dialect.ts";
import { jsonOf, messagesOf } from "./event-ears-harness.ts";

const bench = new FaultBench();

const requestOf = (stream: boolean, marker: string): string => {
  const messages = [{ role: "user", content: [{ text: `Hello [[sim: ${marker}]]` }] }];
  const method = stream ? "converse-stream" : "converse";
  const path = `/us-east-1/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/${method}`;
  return FaultBench.bytesOf({ path, body: { messages } });
};

const exceptionNames: Readonly<Record<string, string>> = { "500": "internalServerException" };

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
    const { message } = bedrock.errors.faults[name];
    return (
      last?.kind === "exception" &&
      last.name === exceptionNames[name] &&
      last.payload === JSON.stringify({ message })
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
