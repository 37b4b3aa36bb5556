import { Buffer, isUtf8 } from "node:buffer";

import type { EventSink, ObservedAnswer } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import { ChoiceDecoder } from "./decode-stream.ts";
import { readFinishReason } from "./finish-reason.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const wrong = (row: FaultRow): FromProvider<never> => ({ ok: false, fault: silentFault(row) });

interface Answer {
  readonly json: JsonObject;
  readonly finish: FinishReason;
}

/** A 200 that is empty, an error, no answer, or an answer without an end is a fault (RTE-7). */
function readAnswer(json: unknown): FromProvider<Answer> {
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  if (!isObject(json) || !Array.isArray(json["choices"])) return wrong(malformedAnswer);
  const reasons = json["choices"].map((choice) =>
    isObject(choice) && isObject(choice["message"])
      ? readFinishReason(choice["finish_reason"])
      : null,
  );
  const [finish] = reasons;
  if (finish === undefined) return wrong(malformedAnswer);
  if (finish === null || reasons.includes(null)) return wrong(cutAnswer);
  if (finish === "error" || reasons.includes("error")) return wrong(unknownFault);
  return ok({ json, finish });
}

class EventList implements EventSink {
  readonly events: CanonicalEvent[] = [];

  event(event: CanonicalEvent): void {
    this.events.push(event);
  }
}

/** A provider's whole answer as events. Of several choices it is the first. */
export function decodeAnswer(bytes: Buffer): FromProvider<readonly CanonicalEvent[]> {
  const answer = readAnswer(parse(bytes, "utf8"));
  if (!answer.ok) return answer;
  const list = new EventList();
  const choice = new ChoiceDecoder(list);
  choice.read(answer.value.json);
  choice.finish(answer.value.finish);
  return ok(list.events);
}

const wideEscape = Buffer.from("\\u");

/**
 * What the gateway must know of a whole answer that it passes on. Its texts are only counted, so it
 * is read with one character for each byte: JSON is the same that way, and parsing costs a quarter
 * less where any text is not ASCII. Escapes that stand for several bytes rule that out.
 */
export function observeAnswer(bytes: Buffer): FromProvider<ObservedAnswer> {
  const coding = isUtf8(bytes) && !bytes.includes(wideEscape) ? "latin1" : "utf8";
  const answer = readAnswer(parse(bytes, coding));
  if (!answer.ok) return faultOf(bytes) ?? answer;
  const { json, finish } = answer.value;
  const { id } = json;
  const usage = readUsage(json["usage"]);
  return ok({
    upstreamId: typeof id === "string" && id !== "" ? textOf(id, coding) : null,
    usage,
    finish: finish === "stop" && saysRefusal(json) ? "refusal" : finish,
    outputBytes: saidBytes(json, coding),
  });
}

/** A fault may quote the provider, whose words take a true reading. */
function faultOf(bytes: Buffer): FromProvider<never> | null {
  const answer = readAnswer(parse(bytes, "utf8"));
  return answer.ok ? null : answer;
}

/** Bytes of what the model said in all choices, the JSON around it left out. */
function saidBytes(json: JsonObject, coding: Coding): number {
  let bytes = 0;
  for (const choice of Array.isArray(json["choices"]) ? json["choices"] : []) {
    const message: unknown = isObject(choice) ? choice["message"] : null;
    if (!isObject(message)) continue;
    const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = message;
    bytes += bytesOf(content, coding) + bytesOf(refusal, coding) + bytesOf(reasoning, coding);
    if (!Array.isArray(calls)) continue;
    for (const call of calls) {
      const called: unknown = isObject(call) ? call["function"] : null;
      if (!isObject(called)) continue;
      bytes += bytesOf(called["name"], coding) + bytesOf(called["arguments"], coding);
    }
  }
  return bytes;
}

function bytesOf(value: unknown, coding: Coding): number {
  if (typeof value !== "string") return 0;
  return coding === "latin1" ? value.length : Buffer.byteLength(value);
}

const ascii = /^[\x20-\x7e]*$/;

/** A string that was read in this coding, as it is in UTF-8. */
const textOf = (read: string, coding: Coding): string =>
  coding === "utf8" || ascii.test(read) ? read : Buffer.from(read, coding).toString();

function saysRefusal(json: JsonObject): boolean {
  const [first]: unknown[] = Array.isArray(json["choices"]) ? json["choices"] : [];
  const message = isObject(first) ? first["message"] : null;
  return isObject(message) && typeof message["refusal"] === "string" && message["refusal"] !== "";
}

type Coding = "utf8" | "latin1";

function parse(bytes: Buffer, coding: Coding): unknown {
  try {
    return JSON.parse(bytes.toString(coding));
  } catch {
    return null;
  }
}
