import { Buffer } from "node:buffer";

import { jsonStringEnd } from "../framing/json-string-end.ts";

const char = {
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  colon: 0x3a,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

const names = {
  role: Buffer.from("role"),
  delta: Buffer.from("delta"),
  error: Buffer.from("error"),
  usage: Buffer.from("usage"),
  choices: Buffer.from("choices"),
  refusal: Buffer.from("refusal"),
  finishReason: Buffer.from("finish_reason"),
} as const;

type Name = keyof typeof names;

/** Levels of a chunk: {choices: [{delta: {content}}]}. */
const level = { chunk: 1, choice: 3, delta: 4 } as const;

/**
 * Finds in the bytes of one chunk what its kind depends on, in one pass that builds nothing. The
 * fields hold what the last `scan` found; offsets are into its bytes, 0 when there was none.
 */
export class ChunkScan {
  hasChoices = false;
  /** `choices` is not empty. */
  hasChoice = false;
  hasError = false;
  /** Choices that ended in this chunk. */
  finished = 0;
  saidRefusal = false;
  /** Bytes of the strings in deltas, roles left out. */
  saidBytes = 0;
  /** Where the first of them that stands directly in a delta begins. */
  saidAt = 0;
  usageStart = 0;
  usageEnd = 0;
  finishStart = 0;
  finishEnd = 0;
  /** Just after the chunk's closing brace. */
  end = 0;

  #depth = 0;
  #inChoices = false;
  #inDelta = false;
  /** The string that follows is one that the model said. */
  #isSaid = false;

  /**
   * False when the bytes from `start` are no JSON object on one line, as far as that was looked at.
   */
  scan(bytes: Buffer, start: number, limit: number): boolean {
    this.#reset();
    return bytes[start] === char.openBrace && this.#walk(bytes, start, limit);
  }

  #reset(): void {
    this.#inChoices = false;
    this.#inDelta = false;
    this.#isSaid = false;
    this.hasChoices = false;
    this.hasChoice = false;
    this.hasError = false;
    this.finished = 0;
    this.saidRefusal = false;
    this.saidBytes = 0;
    this.saidAt = 0;
    this.usageStart = 0;
    this.usageEnd = 0;
    this.finishStart = 0;
    this.finishEnd = 0;
    this.end = 0;
  }

  #walk(bytes: Buffer, start: number, limit: number): boolean {
    let depth = 0;
    for (let at = start; at < limit; at += 1) {
      const byte = bytes[at];
      if (byte === char.quote) {
        const end = jsonStringEnd(bytes, at + 1);
        if (end === -1 || end >= limit) return false;
        const next = skipSpaces(bytes, end + 1);
        if (bytes[next] === char.colon) {
          const value = skipSpaces(bytes, next + 1);
          this.#depth = depth;
          this.#member(bytes, nameOf(bytes, at + 1, end), value);
          at = value - 1;
        } else {
          if (this.#isSaid && end > at + 1) this.#say(at + 1, end, depth);
          at = end;
        }
      } else if (byte === char.openBrace || byte === char.openBracket) {
        depth += 1;
      } else if (byte === char.closeBrace || byte === char.closeBracket) {
        depth -= 1;
        if (depth > level.chunk) continue;
        if (this.usageStart !== 0 && this.usageEnd === 0) this.usageEnd = at + 1;
        if (depth === level.chunk) continue;
        this.end = at + 1;
        return true;
      } else if (byte === char.lineFeed || byte === char.carriageReturn) return false;
    }
    return false;
  }

  #say(start: number, end: number, depth: number): void {
    this.saidBytes += end - start;
    if (this.saidAt === 0 && depth === level.delta) this.saidAt = start;
  }

  #member(bytes: Buffer, name: Name | null, value: number): void {
    if (this.#depth === level.chunk) {
      this.#inDelta = false;
      this.#isSaid = false;
      this.#inChoices = name === "choices";
      if (name !== null) this.#chunkMember(bytes, name, value);
    } else if (this.#inDelta && this.#depth >= level.delta) {
      this.#isSaid = this.#depth > level.delta || name !== "role";
      if (name === "refusal" && isText(bytes, value)) this.saidRefusal = true;
    } else if (this.#inChoices && this.#depth === level.choice) {
      this.hasChoice = true;
      this.#isSaid = false;
      this.#inDelta = name === "delta";
      if (name === "finishReason" && isText(bytes, value)) this.#finish(bytes, value);
    }
  }

  #chunkMember(bytes: Buffer, name: Name, value: number): void {
    if (name === "choices") this.hasChoices = true;
    else if (name === "usage" && bytes[value] === char.openBrace) this.usageStart = value;
    else if (name === "error") {
      this.hasError ||= bytes[value] === char.openBrace || isText(bytes, value);
    }
  }

  #finish(bytes: Buffer, value: number): void {
    this.finished += 1;
    this.finishStart = value + 1;
    this.finishEnd = jsonStringEnd(bytes, value + 1);
  }
}

const skipSpaces = (bytes: Buffer, from: number): number => {
  let at = from;
  while (bytes[at] === char.space) at += 1;
  return at;
};

/** A string that is not empty. */
const isText = (bytes: Buffer, value: number): boolean =>
  bytes[value] === char.quote && bytes[value + 1] !== char.quote;

/** Which of the keys that matter this is, told apart by length and first letter. */
function nameOf(bytes: Buffer, start: number, end: number): Name | null {
  const name = candidate(end - start, bytes[start] ?? 0);
  if (name === null) return null;
  const spelling = names[name];
  for (let index = 1; index < spelling.length; index += 1) {
    if (bytes[start + index] !== spelling[index]) return null;
  }
  return name;
}

function candidate(length: number, first: number): Name | null {
  switch (length) {
    case 4:
      return first === 0x72 ? "role" : null;
    case 5:
      if (first === 0x64) return "delta";
      if (first === 0x65) return "error";
      return first === 0x75 ? "usage" : null;
    case 7:
      if (first === 0x63) return "choices";
      return first === 0x72 ? "refusal" : null;
    case 13:
      return first === 0x66 ? "finishReason" : null;
    default:
      return null;
  }
}
