import { blockFaults, type Ears } from "../block-faults-harness.ts";
import { FaultBench, tryFaults } from "../fault-harness.ts";
import { bedrock } from "./dialect.ts";
import { jsonOf, messagesOf, nativeOf } from "./event-ears-harness.ts";

const bench = new FaultBench();

const requestOf = (stream: boolean, marker: string): string => {
  const messages = [{ role: "user", content: `Hello [[sim: ${marker}]]` }];
  const method = stream ? "invoke-with-response-stream" : "invoke";
  const path = `/us-east-1/model/anthropic.claude-haiku-4-5-20251001-v1:0/${method}`;
  const body = { anthropic_version: "bedrock-2023-05-31", max_tokens: 4_096, messages };
  return FaultBench.bytesOf({ path, body });
};

const nativeEvents = (body: Buffer): (string | null)[] =>
  messagesOf(body)
    .filter(({ name }) => name === "chunk")
    .map(({ payload }) => jsonOf(nativeOf(payload)));

const ears: Ears = {
  dialect: bedrock,
  contentType: /content-type: application\/vnd\.amazon\.eventstream/,
  events: nativeEvents,
  textMember: '"text_delta"',
  endMember: '"amazon-bedrock-invocationMetrics"',
  startMember: '"type":"message_start"',
  endsWithError: ({ body }, name) => {
    const last = messagesOf(body).at(-1);
    const { message } = bedrock.errors.faults[name];
    if (name === "529") {
      return last !== undefined && /overloaded_error/.test(nativeOf(last.payload));
    }
    const told = JSON.parse(last?.payload ?? "null") as Record<string, unknown>;
    return last?.kind === "exception" && told["message"] === message;
  },
  outputTokens: (body, stream) => {
    const json = stream
      ? nativeEvents(body).find((event) => event?.includes('"message_delta"'))
      : body.toString();
    const answer = JSON.parse(json ?? "null") as { usage: { output_tokens: unknown } };
    return answer.usage.output_tokens;
  },
  stopReasons: { filtered: "refusal", guardrail: "refusal", refusal: "refusal" },
  hasChecksums: true,
  isOdd: (body) => {
    const odd = messagesOf(body).filter(({ name }) => name === "simulatedNews");
    return odd.length > 60 && nativeEvents(body).every((event) => event !== null);
  },
};

tryFaults(bench, blockFaults(ears), requestOf);
