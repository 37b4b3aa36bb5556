import { Buffer } from "node:buffer";

import {
  observedKind,
  type ObservedKind,
  type ProofSink,
  type StreamObserver,
} from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { AwsEventStreamReader } from "../framing/aws-event-stream-reader.ts";
import { eventNames } from "./decode-stream.ts";
import { DeltaMessage } from "./usual-frames/delta-message.ts";
import { proofIn } from "./proof.ts";
import { readException, readStreamException } from "./provider-fault.ts";
import { readStopReason } from "./stop-reason.ts";
import { readUsage } from "./usage.ts";
import { usualHeads } from "./usual-frames/usual-heads.ts";

const bytesOf = (value: unknown): number =>
  typeof value === "string" ? Buffer.byteLength(value) : 0;

/** What the model said in a delta. Signatures are no tokens. */
function saidBytes({ text, toolUse, reasoningContent }: JsonObject): number {
  if (isObject(toolUse)) return bytesOf(toolUse["input"]);
  if (!isObject(reasoningContent)) return bytesOf(text);
  return bytesOf(reasoningContent["text"]) + bytesOf(reasoningContent["redactedContent"]);
}

/**
 * Says of each message of a passed Converse stream what it is (STR-1). Nearly all are deltas of one
 * block, which are told by their bytes; the few others are parsed.
 */
export class ConverseStreamObserver implements StreamObserver {
  usage: Usage | null = null;
  outputBytes = 0;
  fault: ProviderFault | null = null;
  readonly #reader = new AwsEventStreamReader(usualHeads);
  readonly #deltas = new DeltaMessage();
  readonly #proven: ProofSink;
  #hasContent = false;
  #reason: FinishReason | null = null;

  constructor(proven: ProofSink = () => {}) {
    this.#proven = proven;
  }

  get finish(): FinishReason | null {
    return this.#reason;
  }

  observe(bytes: Buffer, start: number, end: number): ObservedKind {
    const said = this.#deltas.textBytes(bytes, start, end);
    if (said >= 0) return this.#said(said);
    const head = this.#reader.read(bytes, start, end);
    if (head === null) return observedKind.malformed;
    const { payloadStart, payloadEnd } = this.#reader;
    if (head.kind !== "event") {
      const { name, errorMessage: message } = head;
      const payload = bytes.toString("utf8", payloadStart, payloadEnd);
      this.fault =
        head.kind === "exception"
          ? readStreamException(name, payload)
          : readException({ name, message, status: null, retryAfterMs: null });
      return observedKind.error;
    }
    if (!eventNames.has(head.name)) return observedKind.other;
    const payload = bytes.toString("utf8", payloadStart, payloadEnd);
    if (head.name !== "contentBlockDelta") return this.#event(head.name, payload);
    const json = parse(payload);
    const delta = isObject(json) ? json["delta"] : null;
    if (!isObject(delta)) return observedKind.malformed;
    if (saidBytes(delta) > 0) this.#deltas.learn(bytes, start, end);
    return this.#delta(delta);
  }

  #delta(delta: JsonObject): ObservedKind {
    const proof = proofIn(delta["reasoningContent"]);
    if (proof !== null) this.#proven(proof);
    const said = saidBytes(delta);
    const isSilent = said === 0 && typeof delta["text"] !== "string";
    if (isSilent) this.#hasContent = true;
    return this.#said(said);
  }

  #said(bytes: number): ObservedKind {
    this.outputBytes += bytes;
    if (bytes > 0) this.#hasContent = true;
    return this.#hasContent ? observedKind.content : observedKind.start;
  }

  #event(name: string, payload: string): ObservedKind {
    const json = parse(payload);
    if (!isObject(json)) return observedKind.malformed;
    switch (name) {
      case "messageStart":
        return observedKind.start;
      case "contentBlockStart":
        return this.#blockStart(json);
      case "messageStop":
        // The word that says that it broke is one that clients of this dialect know.
        this.#reason = finishOf(json["stopReason"]);
        if (this.#reason === null) return observedKind.malformed;
        return this.usage === null ? observedKind.other : observedKind.terminal;
      case "metadata":
        this.usage = readUsage(json["usage"]) ?? this.usage;
        // It may come more than once, with nothing but times in it.
        if (this.usage === null) return observedKind.other;
        return this.#reason === null ? observedKind.usage : observedKind.terminal;
      default:
        // The end of a block.
        return observedKind.other;
    }
  }

  /** A call's name is content. */
  #blockStart({ start }: JsonObject): ObservedKind {
    const toolUse = isObject(start) ? start["toolUse"] : null;
    if (!isObject(toolUse)) return this.#hasContent ? observedKind.other : observedKind.start;
    this.#hasContent = true;
    this.outputBytes += bytesOf(toolUse["name"]);
    return observedKind.content;
  }
}

function finishOf(word: unknown): FinishReason | null {
  const reason = readStopReason(word);
  return reason === "error" ? "stop" : reason;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
