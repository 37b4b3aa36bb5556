import type { EventSink, ObservedAnswer } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import { AnswerReader, isBlocked, isFirst } from "./answer-reader.ts";
import { readFinishReason } from "./finish-reason.ts";
import { proofOf } from "./proof.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const wrong = (row: FaultRow): FromProvider<never> => ({ ok: false, fault: silentFault(row) });

interface Answer {
  readonly json: JsonObject;
  readonly parts: readonly unknown[];
  readonly finish: FinishReason;
}

/** A 200 that is empty, an error, no answer, or an answer without an end is a fault (RTE-7). */
function readAnswer(bytes: Buffer): FromProvider<Answer> {
  const json = parse(bytes);
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  if (!isObject(json)) return wrong(malformedAnswer);
  const { candidates } = json;
  const list: unknown[] = Array.isArray(candidates) ? candidates : [];
  if (list.length === 0 && isBlocked(json)) return ok({ json, parts: [], finish: "filter" });
  const first = list.find(isFirst);
  if (first === undefined) return wrong(malformedAnswer);
  const reason = readFinishReason(first["finishReason"]);
  if (reason === null) return wrong(cutAnswer);
  if (reason === "error") return wrong(unknownFault);
  const parts = list.flatMap(partsOf);
  const isCall = reason === "stop" && parts.some((part) => isObject(part) && part["functionCall"]);
  return ok({ json, parts, finish: isCall ? "tool" : reason });
}

function partsOf(candidate: unknown): unknown[] {
  const content = isObject(candidate) ? candidate["content"] : null;
  const parts = isObject(content) ? content["parts"] : null;
  return Array.isArray(parts) ? parts : [];
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
  const list = new EventList();
  const reader = new AnswerReader(list);
  reader.read(answer.value.json);
  reader.finish(answer.value.finish);
  return ok(list.events);
}

/** What the gateway must know of a whole answer that it passes on. */
export function observeAnswer(bytes: Buffer): FromProvider<ObservedAnswer> {
  const answer = readAnswer(bytes);
  if (!answer.ok) return answer;
  const { json, parts, finish } = answer.value;
  return ok({
    usage: readUsage(json["usageMetadata"]),
    finish,
    outputBytes: bytes.length,
    proofs: parts.flatMap((part) => (isObject(part) ? (proofOf(part) ?? []) : [])),
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
