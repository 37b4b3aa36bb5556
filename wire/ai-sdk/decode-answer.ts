import type { EventSink } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import { jsonOf } from "../framing/json-of.ts";
import { ok } from "../result.ts";
import { readFinishReason } from "./finish-reason.ts";
import { PartReader } from "./part-reader.ts";
import type { ProofSeal } from "./proof.ts";
import { silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const wrong = (row: FaultRow): FromProvider<never> => ({ ok: false, fault: silentFault(row) });

class EventList implements EventSink {
  readonly events: CanonicalEvent[] = [];

  event(event: CanonicalEvent): void {
    this.events.push(event);
  }
}

/** A package's whole answer, as JSON, as events. */
export function decodeAnswer(
  bytes: Buffer,
  seal: ProofSeal,
): FromProvider<readonly CanonicalEvent[]> {
  const json = jsonOf(bytes);
  if (!isObject(json) || !Array.isArray(json["content"])) return wrong(malformedAnswer);
  const reason = readFinishReason(json["finishReason"]);
  if (reason === "error") return wrong(unknownFault);
  if (reason === "cut") return wrong(cutAnswer);
  const list = new EventList();
  const reader = new PartReader(list, seal);
  reader.start(isObject(json["response"]) ? json["response"] : {});
  for (const part of json["content"]) if (isObject(part)) reader.read(part);
  reader.end();
  const usage = readUsage(json["usage"]);
  if (usage !== null) list.event({ type: "usage", usage });
  const ended = reason === "stop" && reader.calls > 0 ? "tool" : reason;
  list.event({ type: "finish", reason: ended, stopSequence: null });
  return ok(list.events);
}
