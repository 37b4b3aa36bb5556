import type { Span } from "./json-scan.ts";
import { jsonStringEnd } from "./json-string-end.ts";

const char = {
  quote: 0x22,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
} as const;

/** What JSON says beside its lists of numbers. */
export interface SparseJson {
  readonly json: unknown;
  /** A list of numbers of `json` as it was written; null for what is none, and for an empty one. */
  textOf(value: unknown): string | null;
}

/**
 * Reads JSON whose lists of numbers make up most of it, and leaves those as they are: 127 MB of
 * vectors take 0.1 s where JSON.parse blocks the process for 2 s. Null for what is no JSON; whether
 * what stands between the numbers of a list is JSON is not looked at.
 */
export function sparseJson(bytes: Buffer): SparseJson | null {
  const found = walk(bytes);
  if (found === null) return null;
  const { skeleton, spans } = found;
  try {
    return { json: JSON.parse(skeleton), textOf: (value) => textOf(bytes, spans, value) };
  } catch {
    return null;
  }
}

/** In the skeleton a list of numbers has one, its place among the spans. */
function textOf(bytes: Buffer, spans: readonly Span[], value: unknown): string | null {
  if (!Array.isArray(value) || value.length !== 1 || typeof value[0] !== "number") return null;
  const span = spans[value[0]];
  return span === undefined ? null : bytes.toString("latin1", span.start, span.end);
}

interface Walked {
  readonly skeleton: string;
  readonly spans: readonly Span[];
}

function walk(bytes: Buffer): Walked | null {
  const pieces: string[] = [];
  const spans: Span[] = [];
  const close = new NextByte(bytes, char.closeBracket);
  const others = [char.quote, char.openBracket, char.openBrace].map(
    (byte) => new NextByte(bytes, byte),
  );
  let kept = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === char.quote) {
      const end = jsonStringEnd(bytes, at + 1);
      if (end === -1) return null;
      at = end;
    } else if (byte === char.openBracket && startsNumber(bytes, at + 1)) {
      const end = close.from(at + 1);
      if (end === Infinity) return null;
      if (others.every((other) => other.from(at + 1) > end)) {
        pieces.push(bytes.toString("utf8", kept, at), `[${spans.length}]`);
        spans.push({ start: at, end: end + 1 });
        kept = end + 1;
        at = end;
      }
    }
    at += 1;
  }
  pieces.push(bytes.toString("utf8", kept));
  return { skeleton: pieces.join(""), spans };
}

function startsNumber(bytes: Buffer, from: number): boolean {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) {
    at += 1;
  }
  const byte = bytes[at] ?? 0;
  return byte === char.minus || (byte >= char.zero && byte <= char.nine);
}

/** Where a byte stands next. A place is looked for once: no nesting makes the search quadratic. */
class NextByte {
  readonly #bytes: Buffer;
  readonly #byte: number;
  #at = -1;

  constructor(bytes: Buffer, byte: number) {
    this.#bytes = bytes;
    this.#byte = byte;
  }

  /** Infinity where it stands no more; `start` never falls. */
  from(start: number): number {
    if (this.#at < start) {
      const found = this.#bytes.indexOf(this.#byte, start);
      this.#at = found === -1 ? Infinity : found;
    }
    return this.#at;
  }
}
