import { Buffer } from "node:buffer";

import type { EventSink, ObservedAnswer } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
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

/**
 * What the gateway must know of a whole answer that it passes on. It is read with one character for
 * each byte: what that makes of texts nobody looks at, and parsing costs a quarter less where they
 * are not ASCII.
 */
export function observeAnswer(bytes: Buffer): FromProvider<ObservedAnswer> {
  const answer = readAnswer(parse(bytes, "latin1"));
  return answer.ok ? ok(new PassedAnswer(bytes, answer.value)) : (faultOf(bytes) ?? answer);
}

class PassedAnswer implements ObservedAnswer {
  readonly usage: Usage | null;
  readonly finish: FinishReason;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, { json, finish }: Answer) {
    this.#bytes = bytes;
    this.usage = readUsage(json["usage"]);
    this.finish = finish === "stop" && saysRefusal(json) ? "refusal" : finish;
  }

  /** Nearly every provider reports usage: it is not worth a look before somebody asks. */
  get outputBytes(): number {
    return saidBytes(parse(this.#bytes, "utf8"));
  }
}

/** A fault may quote the provider, whose words take a true reading. */
function faultOf(bytes: Buffer): FromProvider<never> | null {
  const answer = readAnswer(parse(bytes, "utf8"));
  return answer.ok ? null : answer;
}

/** Bytes of what the model said in all choices, the JSON around it left out. */
function saidBytes(json: unknown): number {
  let bytes = 0;
  if (!isObject(json) || !Array.isArray(json["choices"])) return bytes;
  for (const choice of json["choices"]) {
    const message: unknown = isObject(choice) ? choice["message"] : null;
    if (!isObject(message)) continue;
    const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = message;
    bytes += bytesOf(content) + bytesOf(refusal) + bytesOf(reasoning);
    if (!Array.isArray(calls)) continue;
    for (const call of calls) {
      const called: unknown = isObject(call) ? call["function"] : null;
      if (!isObject(called)) continue;
      bytes += bytesOf(called["name"]) + bytesOf(called["arguments"]);
    }
  }
  return bytes;
}

const bytesOf = (value: unknown): number =>
  typeof value === "string" ? Buffer.byteLength(value) : 0;

function saysRefusal(json: JsonObject): boolean {
  const [first]: unknown[] = Array.isArray(json["choices"]) ? json["choices"] : [];
  const message = isObject(first) ? first["message"] : null;
  return isObject(message) && typeof message["refusal"] === "string" && message["refusal"] !== "";
}

function parse(bytes: Buffer, coding: "utf8" | "latin1"): unknown {
  try {
    return JSON.parse(bytes.toString(coding));
  } catch {
    return null;
  }
}
