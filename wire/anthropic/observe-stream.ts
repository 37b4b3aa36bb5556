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
import { parseSseEvent } from "../framing/sse-event.ts";
import { DeltaFrame } from "./delta-frame.ts";
import { readStopReason } from "./finish-reason.ts";
import { proofIn } from "./proof.ts";
import { findError, readErrorObject } from "./provider-fault.ts";
import { UsageTally } from "./usage.ts";

/** Of a delta or a block, what the model said. Signatures are no tokens. */
const saidMembers = ["text", "partial_json", "thinking", "data"] as const;

function saidBytes(json: JsonObject): number {
  let bytes = 0;
  for (const member of saidMembers) {
    const text = json[member];
    if (typeof text === "string") bytes += Buffer.byteLength(text);
  }
  return bytes;
}

/**
 * Says of each frame of a passed stream what it is (STR-1). Nearly all frames are deltas of one
 * block, which are told by their bytes; the few others are parsed.
 */
export class MessageStreamObserver implements StreamObserver {
  outputBytes = 0;
  fault: ProviderFault | null = null;
  readonly #deltas = new DeltaFrame();
  readonly #usage = new UsageTally();
  readonly #proven: ProofSink;
  #hasClosingUsage = false;
  #hasContent = false;
  #reason: FinishReason | null = null;
  #isComplete = false;

  constructor(proven: ProofSink = () => {}) {
    this.#proven = proven;
  }

  /** Clients of this dialect wait for `message_stop`: before it nothing has ended (WIR-5). */
  get finish(): FinishReason | null {
    return this.#isComplete ? this.#reason : null;
  }

  /** What a message begins with counts next to nothing of its output. */
  get usage(): Usage | null {
    return this.#hasClosingUsage ? this.#usage.usage : null;
  }

  get promptUsage(): Usage | null {
    return this.#usage.promptUsage;
  }

  observe(bytes: Buffer, start: number, end: number): ObservedKind {
    const said = this.#deltas.textBytes(bytes, start, end);
    if (said >= 0) return this.#said(said);
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return observedKind.other;
    const json = parse(event.data);
    if (!isObject(json)) return observedKind.malformed;
    const type = typeof json["type"] === "string" ? json["type"] : event.event;
    if (type === "error" || event.event === "error") return this.#failed(json);
    if (type === "content_block_delta") {
      this.#deltas.learn(bytes, start, end);
      return this.#delta(json);
    }
    return this.#kindOf(type ?? "", json);
  }

  #kindOf(type: string, json: JsonObject): ObservedKind {
    switch (type) {
      case "message_start":
        return this.#started(json);
      case "content_block_start":
        return this.#block(json);
      case "message_delta":
        return this.#closing(json);
      case "message_stop":
        // Without a reason it is a false stop.
        if (this.#reason === null) return observedKind.malformed;
        this.#isComplete = true;
        return observedKind.terminal;
      default:
        // Ends of blocks, pings, and what only the client may understand.
        return observedKind.other;
    }
  }

  #said(bytes: number): ObservedKind {
    this.outputBytes += bytes;
    if (bytes > 0) this.#hasContent = true;
    return this.#hasContent ? observedKind.content : observedKind.start;
  }

  #failed(json: JsonObject): ObservedKind {
    this.fault = readErrorObject(findError(json) ?? {});
    return observedKind.error;
  }

  #started({ message }: JsonObject): ObservedKind {
    if (!isObject(message)) return observedKind.malformed;
    this.#usage.add(message["usage"]);
    return observedKind.start;
  }

  /** A call's name is content, and so is a block that comes whole. */
  #block({ content_block: block }: JsonObject): ObservedKind {
    if (!isObject(block)) return observedKind.malformed;
    this.outputBytes += saidBytes(block);
    this.#prove(block);
    const { type } = block;
    const isEmpty = (type === "text" || type === "thinking") && saidBytes(block) === 0;
    if (!isEmpty) this.#hasContent = true;
    else if (!this.#hasContent) return observedKind.start;
    return isEmpty ? observedKind.other : observedKind.content;
  }

  #delta({ delta }: JsonObject): ObservedKind {
    if (!isObject(delta)) return observedKind.malformed;
    const bytes = saidBytes(delta);
    // Signatures and citations have no text of the model's.
    const isSilent = delta["type"] === "signature_delta" || delta["type"] === "citations_delta";
    if (!isSilent) return this.#said(bytes);
    this.#prove(delta);
    this.#hasContent = true;
    return observedKind.content;
  }

  #prove(json: JsonObject): void {
    const proof = proofIn(json);
    if (proof !== null) this.#proven(proof);
  }

  #closing({ delta, usage }: JsonObject): ObservedKind {
    if (!isObject(delta)) return observedKind.malformed;
    this.#reason = readStopReason(delta["stop_reason"]) ?? this.#reason;
    if (isObject(usage)) {
      this.#usage.add(usage);
      this.#hasClosingUsage = true;
    }
    return observedKind.usage;
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
