import { AnswerSum } from "../../anthropic/answer-sum.ts";
import type { AnswerContext } from "../../canonical/codec.ts";
import type { CanonicalEvent } from "../../canonical/event.ts";
import { noUsage } from "../../canonical/usage.ts";
import { contentJson } from "../encode-answer.ts";
import { ConverseStreamEncoder, type StreamEnvelope } from "../encode-stream.ts";
import { stopReasonOf } from "../message-end.ts";
import { writeNovaUsage } from "../usage.ts";
import { writeChunk } from "./chunk-payload.ts";
import { withMetrics } from "./invocation-metrics.ts";

/** The events of a complete answer as one native answer of Nova's. */
export function encodeNovaAnswer(events: readonly CanonicalEvent[]): string {
  const sum = new AnswerSum(events);
  const { finish: reason, stopSequence, hasCalls } = sum;
  const tail = JSON.stringify({
    stopReason: stopReasonOf({ reason, stopSequence, hasCalls }),
    usage: writeNovaUsage(sum.usage ?? noUsage),
  }).slice(1);
  return `{"output":{"message":{"content":${contentJson(sum)},"role":"assistant"}},${tail}`;
}

/** A native event is an event of Converse under its name. */
const nativeEnvelope: StreamEnvelope = {
  surface: "invoke",
  message: (name, payload) => writeChunk(`{"${name}":${payload}}`),
  end(end, usage, timing) {
    const stop = { messageStop: { stopReason: stopReasonOf(end) } };
    const metadata = { usage: writeNovaUsage(usage ?? noUsage), metrics: {}, trace: {} };
    const last = withMetrics(JSON.stringify({ metadata }), usage, timing);
    return [writeChunk(JSON.stringify(stop)), writeChunk(last)];
  },
};

/** Events as the messages of a native stream of Nova's. */
export const novaStreamEncoder = (context: AnswerContext): ConverseStreamEncoder =>
  new ConverseStreamEncoder(context, nativeEnvelope);
