import type { EventSink, ObservedAnswer } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import { readStopReason } from "./finish-reason.ts";
import { MessageReader } from "./message-reader.ts";
import { proofIn } from "./proof.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const wrong = (row: FaultRow): FromProvider<never> => ({ ok: false, fault: silentFault(row) });

interface Answer {
  readonly json: JsonObject;
  readonly content: readonly unknown[];
  readonly finish: FinishReason;
}

/** A 200 that is empty, an error, no answer, or an answer without an end is a fault (RTE-7). */
function readAnswer(bytes: Buffer): FromProvider<Answer> {
  const json = parse(bytes);
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  const content = isObject(json) ? json["content"] : null;
  if (!isObject(json) || !Array.isArray(content)) return wrong(malformedAnswer);
  const finish = readStopReason(json["stop_reason"]);
  return finish === null ? wrong(cutAnswer) : ok({ json, content, finish });
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
  const message = new MessageReader(list);
  message.whole(answer.value.json);
  message.finish(answer.value.finish);
  return ok(list.events);
}

/** What the gateway must know of a whole answer that it passes on. */
export function observeAnswer(bytes: Buffer): FromProvider<ObservedAnswer> {
  const answer = readAnswer(bytes);
  if (!answer.ok) return answer;
  const { json, content, finish } = answer.value;
  return ok({
    usage: readUsage(json["usage"]),
    finish,
    outputBytes: bytes.length,
    proofs: proofsIn(content),
  });
}

const proofsIn = (content: readonly unknown[]): string[] =>
  content.flatMap((block) => (isObject(block) ? (proofIn(block) ?? []) : []));

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
