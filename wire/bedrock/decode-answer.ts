import type { EventSink, ObservedAnswer } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import { BlockDecoder } from "./decode-blocks.ts";
import { stopSequenceOf } from "./decode-stream.ts";
import { proofIn } from "./proof.ts";
import { readFault, silentFault } from "./provider-fault.ts";
import { cutAnswer, unknownFault } from "./retryable.data.ts";
import { readStopReason } from "./stop-reason.ts";
import { readUsage } from "./usage.ts";

const wrong = (row: FaultRow): FromProvider<never> => ({ ok: false, fault: silentFault(row) });

interface Answer {
  readonly json: JsonObject;
  readonly content: readonly unknown[];
  readonly reason: FinishReason | "error";
}

/** A 200 that is empty, an error, no answer, or an answer without an end is a fault (RTE-7). */
function readAnswer(bytes: Buffer): FromProvider<Answer> {
  const json = parse(bytes);
  const output = isObject(json) ? json["output"] : null;
  const message = isObject(output) ? output["message"] : null;
  if (!isObject(json) || !isObject(message) || !Array.isArray(message["content"])) {
    const answer = { status: null, body: bytes, retryAfterMs: null };
    return { ok: false, fault: readFault(answer) };
  }
  const reason = readStopReason(json["stopReason"]);
  return reason === null ? wrong(cutAnswer) : ok({ json, content: message["content"], reason });
}

class EventList implements EventSink {
  readonly events: CanonicalEvent[] = [];

  event(event: CanonicalEvent): void {
    this.events.push(event);
  }
}

/** A provider's whole answer as events. */
export function decodeAnswer(bytes: Buffer): FromProvider<readonly CanonicalEvent[]> {
  const answer = readAnswer(bytes);
  if (!answer.ok) return answer;
  const { json, content, reason } = answer.value;
  if (reason === "error") return wrong(unknownFault);
  const list = new EventList();
  const blocks = new BlockDecoder(list);
  blocks.start();
  for (const [index, block] of content.entries()) {
    if (isObject(block)) decodeBlock(blocks, index, block);
  }
  const stopSequence = stopSequenceOf(json["additionalModelResponseFields"]);
  blocks.finish(readUsage(json["usage"]), reason, stopSequence);
  return ok(list.events);
}

/** A whole block is one big delta, but for its shape. */
function decodeBlock(blocks: BlockDecoder, index: number, block: JsonObject): void {
  const { text, toolUse, reasoningContent, citationsContent } = block;
  if (typeof text === "string") blocks.delta(index, { text });
  else if (isObject(toolUse)) {
    blocks.blockStart(index, { toolUse });
    const input = toolUse["input"] === undefined ? "" : JSON.stringify(toolUse["input"]);
    blocks.delta(index, { toolUse: { input } });
    blocks.blockStop(index);
  } else if (isObject(reasoningContent)) {
    const { reasoningText, redactedContent } = reasoningContent;
    const said = isObject(reasoningText) ? reasoningText : { redactedContent };
    blocks.delta(index, { reasoningContent: said });
  } else if (isObject(citationsContent)) decodeCited(blocks, index, citationsContent);
}

function decodeCited(blocks: BlockDecoder, index: number, cited: JsonObject): void {
  const { content, citations } = cited;
  for (const said of Array.isArray(content) ? content : []) {
    if (isObject(said) && typeof said["text"] === "string") {
      blocks.delta(index, { text: said["text"] });
    }
  }
  for (const citation of Array.isArray(citations) ? citations : []) {
    blocks.delta(index, { citation });
  }
}

/** What the gateway must know of a whole answer that it passes on. */
export function observeAnswer(bytes: Buffer): FromProvider<ObservedAnswer> {
  const answer = readAnswer(bytes);
  if (!answer.ok) return answer;
  const { json, content, reason } = answer.value;
  return ok({
    usage: readUsage(json["usage"]),
    // The word that says so is one that clients of this dialect know.
    finish: reason === "error" ? "stop" : reason,
    outputBytes: bytes.length,
    proofs: content.flatMap((block) =>
      isObject(block) ? (proofIn(block["reasoningContent"]) ?? []) : [],
    ),
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
