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
import { isBlocked } from "./answer-reader.ts";
import { readFinishReason } from "./finish-reason.ts";
import { proofOf } from "./proof.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { unknownFault } from "./retryable.data.ts";
import { promptOf, readUsage } from "./usage.ts";

/** Of a part, what the model said. Signatures are no tokens. */
function saidBytes(part: JsonObject): number {
  const { text, functionCall: call } = part;
  const said = typeof text === "string" ? Buffer.byteLength(text) : 0;
  return isObject(call) ? said + Buffer.byteLength(JSON.stringify(call)) : said;
}

/** Says of each frame of a passed stream what it is (STR-1). */
export class GenerateStreamObserver implements StreamObserver {
  outputBytes = 0;
  fault: ProviderFault | null = null;
  readonly #choices: number;
  readonly #proven: ProofSink;
  #usage: Usage | null = null;
  #hasContent = false;
  #hasCalls = false;
  #reason: FinishReason | null = null;
  /** Candidates that have ended. */
  readonly #finished = new Set<unknown>();

  constructor(choices: number, proven: ProofSink = () => {}) {
    this.#choices = choices;
    this.#proven = proven;
  }

  get finish(): FinishReason | null {
    if (!this.#isOver) return null;
    return this.#reason === "stop" && this.#hasCalls ? "tool" : this.#reason;
  }

  /** While the answer goes on, the count of its output does too. */
  get usage(): Usage | null {
    return this.#isOver ? this.#usage : null;
  }

  get promptUsage(): Usage | null {
    return promptOf(this.#usage);
  }

  get countedTokens(): number {
    return this.#usage?.output ?? 0;
  }

  observe(bytes: Buffer, start: number, end: number): ObservedKind {
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return observedKind.other;
    const json = parse(event.data);
    const error = findError(json);
    if (error !== null) return this.#failed(readErrorObject(error));
    if (!isObject(json)) return observedKind.malformed;
    const { usageMetadata, candidates } = json;
    const usage = readUsage(usageMetadata);
    this.#usage = usage ?? this.#usage;
    const before = this.outputBytes;
    const list: unknown[] = Array.isArray(candidates) ? candidates : [];
    for (const candidate of list) if (isObject(candidate)) this.#candidate(candidate);
    if (this.fault !== null) return observedKind.error;
    if (list.length === 0 && isBlocked(json)) this.#block();
    // No event of its own ends a stream: it is the chunk that says why, with the usage.
    if (this.#isOver && usage !== null) return observedKind.terminal;
    if (this.outputBytes > before) this.#hasContent = true;
    else if (!this.#hasContent) return observedKind.start;
    if (this.outputBytes > before) return observedKind.content;
    return list.length === 0 && usage !== null ? observedKind.usage : observedKind.other;
  }

  get #isOver(): boolean {
    return this.#reason !== null && this.#finished.size >= this.#choices;
  }

  #failed(fault: ProviderFault): ObservedKind {
    this.fault = fault;
    return observedKind.error;
  }

  #block(): void {
    this.#reason = "filter";
    for (let index = 0; index < this.#choices; index += 1) this.#finished.add(index);
  }

  #candidate({ content, finishReason, index = 0 }: JsonObject): void {
    const parts = isObject(content) ? content["parts"] : null;
    for (const part of Array.isArray(parts) ? parts : []) if (isObject(part)) this.#part(part);
    const reason = readFinishReason(finishReason);
    if (reason === "error") this.fault = silentFault(unknownFault);
    else if (reason !== null) {
      this.#finished.add(index);
      if (index === 0 || this.#reason === null) this.#reason = reason;
    }
  }

  #part(part: JsonObject): void {
    this.outputBytes += saidBytes(part);
    if (isObject(part["functionCall"])) this.#hasCalls = true;
    const proof = proofOf(part);
    if (proof !== null) this.#proven(proof);
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
