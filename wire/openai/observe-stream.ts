import { Buffer } from "node:buffer";

import { observedKind, type ObservedKind, type StreamObserver } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject } from "../field-rules.ts";
import { sameBytes } from "../framing/same-bytes.ts";
import { jsonStringEnd } from "../framing/json-string-end.ts";
import { parseSseEvent, sseJson } from "../framing/sse-event.ts";
import { ChunkScan } from "./chunk-scan.ts";
import { readFinishReason } from "./finish-reason.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const dataField = Buffer.from("data:");
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;

/** A stream with interleaved choices would teach a new frame at every chunk. */
const mostLessons = 4;

/** Of what stands before a chunk's text, the end: `"choices":[{"index":0,"delta":{"content":"`. */
const edgeLength = 48;

/**
 * Says of each frame of a passed stream what it is (STR-1). Chunks of one stream differ in little
 * but their text, so the marks around the text are learnt from one chunk and looked for in the
 * next, in the same places: ids and times between them are not read. That costs a sixth of parsing.
 * A chunk without the marks is walked, and only usage, errors and frames of unusual form are
 * parsed.
 */
export class ChatStreamObserver implements StreamObserver {
  usage: Usage | null = null;
  outputBytes = 0;
  fault: ProviderFault | null = null;
  readonly #choices: number;
  readonly #scan = new ChunkScan();
  #lessons = 0;
  /**
   * Of the learnt frame: where its text begins, what stands right before it, all that follows it.
   */
  #saidOffset = 0;
  #edge = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #hasContent = false;
  #saidRefusal = false;
  #finished = 0;
  #reason: FinishReason | null = null;
  #isDone = false;
  /** Where the JSON of the frame at hand begins. */
  #payload = 0;

  /** `choices` is how many answers were asked for: the stream is complete when each has ended. */
  constructor(choices: number) {
    this.#choices = choices;
  }

  get finish(): FinishReason | null {
    if (this.#finished < this.#choices && !this.#isDone) return null;
    return this.#reason === "stop" && this.#saidRefusal ? "refusal" : this.#reason;
  }

  observe(bytes: Buffer, start: number, end: number): ObservedKind {
    if (!sameBytes(bytes, start, dataField)) return this.#parse(bytes, start, end);
    if (this.#lessons > 0 && this.#isPlain(bytes, start, end)) return observedKind.content;
    const field = start + dataField.length;
    this.#payload = bytes[field] === space ? field + 1 : field;
    const isWhole = this.#scan.scan(bytes, this.#payload, end) && this.#isLine(bytes, start, end);
    if (!isWhole) return this.#parse(bytes, start, end);
    this.#learn(bytes, start, end);
    return this.#kindOf(bytes);
  }

  /** A frame like the learnt one, with other text: it cannot be anything but content. */
  #isPlain(bytes: Buffer, start: number, end: number): boolean {
    const saidAt = start + this.#saidOffset;
    const tailAt = end - this.#tail.length;
    if (tailAt <= saidAt) return false;
    if (!sameBytes(bytes, saidAt - this.#edge.length, this.#edge)) return false;
    if (!sameBytes(bytes, tailAt, this.#tail) || !isTextUntil(bytes, saidAt, tailAt)) return false;
    this.outputBytes += tailAt - saidAt;
    return true;
  }

  /** The line ends with the chunk, and no earlier: a line end in a string would break it in two. */
  #isLine(bytes: Buffer, start: number, end: number): boolean {
    const after = this.#scan.end;
    const first = bytes[after];
    if (first === undefined || !isLineEnd(first)) return false;
    return bytes.indexOf(first, start) === after && isBlank(bytes, after, end);
  }

  #learn(bytes: Buffer, start: number, end: number): void {
    const { saidAt, saidBytes, finished, usageEnd, hasError } = this.#scan;
    if (saidAt === 0 || this.#lessons === mostLessons) return;
    if (finished > 0 || usageEnd !== 0 || hasError) return;
    const saidEnd = jsonStringEnd(bytes, saidAt);
    if (saidEnd - saidAt !== saidBytes) return;
    this.#lessons += 1;
    this.#saidOffset = saidAt - start;
    this.#edge = Buffer.from(bytes.subarray(Math.max(start, saidAt - edgeLength), saidAt));
    this.#tail = Buffer.from(bytes.subarray(saidEnd, end));
  }

  #kindOf(bytes: Buffer): ObservedKind {
    const scan = this.#scan;
    if (scan.hasError || (!scan.hasChoices && scan.usageEnd === 0)) return this.#odd(bytes);
    if (scan.usageEnd !== 0) {
      this.usage = readUsage(slice(bytes, scan.usageStart, scan.usageEnd)) ?? this.usage;
    }
    this.#saidRefusal ||= scan.saidRefusal;
    if (scan.finished > 0 && !this.#end(bytes)) return observedKind.error;
    if (scan.saidBytes > 0) {
      this.outputBytes += scan.saidBytes;
      this.#hasContent = true;
      return observedKind.content;
    }
    if (!scan.hasChoice && scan.usageEnd !== 0) return observedKind.usage;
    return this.#hasContent || scan.finished > 0 ? observedKind.other : observedKind.start;
  }

  /** False when the server ended the answer because it broke. */
  #end(bytes: Buffer): boolean {
    const { finished, finishStart, finishEnd } = this.#scan;
    const reason = readFinishReason(bytes.toString("latin1", finishStart, finishEnd));
    if (reason === "error") {
      this.fault = silentFault(unknownFault);
      return false;
    }
    this.#finished += finished;
    this.#reason = reason;
    return true;
  }

  /** `[DONE]` ends a stream that said why it ended; without that it is a false stop (WIR-5). */
  #done(): ObservedKind {
    this.#isDone = true;
    return this.#reason === null ? observedKind.malformed : observedKind.terminal;
  }

  /** A chunk without choices: an error, or something that only the client may understand. */
  #odd(bytes: Buffer): ObservedKind {
    const json = slice(bytes, this.#payload, this.#scan.end);
    const error = findError(json);
    if (error === null) return observedKind.other;
    this.fault = readErrorObject(error);
    return observedKind.error;
  }

  /** Comments, named events, data over several lines, broken JSON. */
  #parse(bytes: Buffer, start: number, end: number): ObservedKind {
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return observedKind.other;
    if (event.data.trim() === "[DONE]") return this.#done();
    const json = parse(event.data);
    if (!isObject(json)) return observedKind.malformed;
    if (event.event === "error") {
      this.fault = readErrorObject(findError(json) ?? json);
      return observedKind.error;
    }
    // A line end between lines of data is white space to JSON.
    const line = Buffer.from(sseJson(event.data.replaceAll("\n", " ")));
    this.#payload = dataField.length + 1;
    return this.#scan.scan(line, this.#payload, line.length)
      ? this.#kindOf(line)
      : observedKind.malformed;
  }
}

/** Is what stands there the inside of a JSON string that ends at `to`, on one line? */
function isTextUntil(bytes: Buffer, from: number, to: number): boolean {
  const pause = Math.min(to, from + 64);
  let at = from;
  while (at < pause) {
    const byte = bytes[at] ?? 0;
    if (byte < space || byte === quote || byte === backslash) break;
    at += 1;
  }
  if (at === to) return true;
  if (jsonStringEnd(bytes, at) !== to) return false;
  const lineEnd = bytes.indexOf(lineFeed, at);
  return lineEnd === -1 || lineEnd > to;
}

const isLineEnd = (byte: number | undefined): boolean =>
  byte === lineFeed || byte === carriageReturn;

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (!isLineEnd(bytes[at])) return false;
  }
  return true;
}

const slice = (bytes: Buffer, start: number, end: number): unknown =>
  parse(bytes.toString("utf8", start, end));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
