import { isUtf8 } from "node:buffer";

import { ok, refuse, type Parsed } from "../result.ts";
import { jsonStringEnd } from "./json-string-end.ts";

/** Bytes `start` to `end` (exclusive) of a body. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What one pass over a JSON object's bytes found. Only true of bytes that JSON.parse accepts. */
export interface JsonScan<K extends string> {
  /** Offset just after the opening brace: where a member can be inserted. */
  readonly open: number;
  /** The object has no member: one that is inserted takes no comma. */
  readonly isEmpty: boolean;
  /** Where the value of this top-level key stands, without white space around it. */
  span(key: K): Span | null;
}

export type JsonScanCode = "invalid_json" | "too_complex" | "duplicate_field";

/**
 * SEC-4. Objects and arrays are bounded like keys: an empty one costs the parser 16 bytes and more.
 */
export const jsonLimits = { depth: 64, keys: 100_000, containers: 100_000 } as const;

const char = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

class ScannedObject<K extends string> implements JsonScan<K> {
  readonly open: number;
  readonly isEmpty: boolean;
  readonly #keys: readonly K[];
  readonly #spans: readonly (Span | null)[];

  constructor(open: number, isEmpty: boolean, found: Found<K>) {
    this.open = open;
    this.isEmpty = isEmpty;
    this.#keys = found.keys;
    this.#spans = found.spans;
  }

  span(key: K): Span | null {
    return this.#spans[this.#keys.indexOf(key)] ?? null;
  }
}

interface Found<K extends string> {
  readonly keys: readonly K[];
  readonly spans: (Span | null)[];
}

/**
 * Reads a body once before JSON.parse sees it: refuses what would cost too much or be read in two
 * ways, and finds the values of a few top-level keys. Nothing is built and nothing is decoded.
 */
export class JsonScanner<K extends string> {
  readonly #keys: readonly K[];
  /** No spelling of a key, all letters escaped, is longer. */
  readonly #longestKey: number;

  /** Each of `keys` may stand once at the top level; where its value stands is told. */
  constructor(keys: readonly K[]) {
    this.#keys = keys;
    this.#longestKey = Math.max(0, ...keys.map((key) => key.length * 6));
  }

  scan(bytes: Buffer): Parsed<JsonScan<K>, JsonScanCode> {
    if (bytes.length === 0) return invalid("it is empty");
    if (!isUtf8(bytes)) return invalid("it is not valid UTF-8");
    let open = 0;
    while (isSpace(bytes[open])) open += 1;
    if (bytes[open] !== char.openBrace) return invalid("it is not a JSON object");
    return this.#walk(bytes, open + 1);
  }

  #walk(bytes: Buffer, open: number): Parsed<JsonScan<K>, JsonScanCode> {
    const { depth: maxDepth, keys: maxKeys, containers: maxContainers } = jsonLimits;
    const spans: (Span | null)[] = [];
    let depth = 1;
    let keys = 0;
    let containers = 1;
    let expectsKey = true;
    let slot = -1;
    let valueFrom = 0;
    for (let at = open; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === char.quote) {
        const end = jsonStringEnd(bytes, at + 1);
        if (end === -1) return invalid("a string in it has no end");
        if (depth === 1 && expectsKey) {
          expectsKey = false;
          slot = this.#slotOf(bytes, at + 1, end);
        }
        at = end;
      } else if (byte === char.colon) {
        keys += 1;
        if (keys > maxKeys) return tooComplex("keys", maxKeys);
        if (depth === 1) valueFrom = at + 1;
      } else if (byte === char.openBrace || byte === char.openBracket) {
        depth += 1;
        containers += 1;
        if (depth > maxDepth) return tooComplex("levels", maxDepth);
        if (containers > maxContainers) return tooComplex("objects and arrays", maxContainers);
      } else if (byte === char.closeBrace || byte === char.closeBracket) {
        depth -= 1;
        if (depth > 0) continue;
        if (slot !== -1 && !this.#note(spans, slot, trim(bytes, valueFrom, at))) {
          return duplicate(this.#keys[slot] ?? "");
        }
        return ok(new ScannedObject(open, keys === 0, { keys: this.#keys, spans }));
      } else if (byte === char.comma && depth === 1) {
        if (slot !== -1 && !this.#note(spans, slot, trim(bytes, valueFrom, at))) {
          return duplicate(this.#keys[slot] ?? "");
        }
        slot = -1;
        expectsKey = true;
      }
    }
    return invalid("it ends before its JSON does");
  }

  /** False when the key stood before. */
  #note(spans: (Span | null)[], slot: number, span: Span): boolean {
    if (spans[slot] !== undefined) return false;
    spans[slot] = span;
    return true;
  }

  #slotOf(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    if (length > this.#longestKey) return -1;
    const isEscaped = hasBackslash(bytes, start, end);
    for (let slot = 0; slot < this.#keys.length; slot += 1) {
      const key = this.#keys[slot] ?? "";
      if (key.length !== length && !isEscaped) continue;
      if (isEscaped ? unescape(bytes, start, end) === key : spells(bytes, start, key)) return slot;
    }
    return -1;
  }
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === char.backslash) return true;
  }
  return false;
}

function spells(bytes: Buffer, start: number, key: string): boolean {
  for (let index = 0; index < key.length; index += 1) {
    if (bytes[start + index] !== key.charCodeAt(index)) return false;
  }
  return true;
}

/** A key in which letters may be written as `\u006d`; null when JSON.parse will refuse it. */
function unescape(bytes: Buffer, start: number, end: number): string | null {
  try {
    return String(JSON.parse(bytes.toString("utf8", start - 1, end + 1)));
  } catch {
    return null;
  }
}

function trim(bytes: Buffer, from: number, to: number): Span {
  let start = from;
  let end = to;
  while (start < end && isSpace(bytes[start])) start += 1;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return { start, end };
}

const invalid = (reason: string): Parsed<never, "invalid_json"> =>
  refuse("invalid_json", null, `Cannot read the body as JSON: ${reason}`);

const tooComplex = (what: string, limit: number): Parsed<never, "too_complex"> =>
  refuse("too_complex", null, `Cannot read the body: more than ${limit} ${what} of JSON in it`);

const duplicate = (key: string): Parsed<never, "duplicate_field"> =>
  refuse("duplicate_field", key, `Cannot read the body: "${key}" stands in it more than once`);

/**
 * The scan and the parsed value of a body. The refusal never quotes the body, which JSON.parse's
 * own message does.
 */
export function readJson<K extends string>(
  bytes: Buffer,
  scanner: JsonScanner<K>,
): Parsed<{ readonly json: unknown; readonly scan: JsonScan<K> }, JsonScanCode> {
  const scanned = scanner.scan(bytes);
  if (!scanned.ok) return scanned;
  try {
    return ok({ json: JSON.parse(bytes.toString("utf8")), scan: scanned.value });
  } catch (error) {
    const place = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
    return invalid(place === null ? "syntax error" : `syntax error at character ${place[1]}`);
  }
}
