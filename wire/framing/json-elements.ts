import type { Span } from "./json-scan.ts";
import { jsonStringEnd } from "./json-string-end.ts";

const char = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** What stands directly in a list or an object, between its commas. */
interface Item {
  readonly span: Span;
  /** Where the colon of a member stands; -1 in a list. */
  readonly colon: number;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function trimmed(bytes: Buffer, from: number, to: number): Span {
  let start = from;
  let end = to;
  while (start < end && isSpace(bytes[start])) start += 1;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return { start, end };
}

/** Only for bytes that JSON.parse has accepted. */
function itemsOf(bytes: Buffer, container: Span): Item[] {
  const items: Item[] = [];
  let depth = 0;
  let from = container.start + 1;
  let colon = -1;
  const close = (at: number): void => {
    const span = trimmed(bytes, from, at);
    if (span.end > span.start) items.push({ span, colon });
    from = at + 1;
    colon = -1;
  };
  for (let at = container.start; at < container.end; at += 1) {
    const byte = bytes[at];
    if (byte === char.quote) {
      const end = jsonStringEnd(bytes, at + 1);
      if (end === -1) break;
      at = end;
    } else if (byte === char.openBrace || byte === char.openBracket) depth += 1;
    else if (byte === char.closeBrace || byte === char.closeBracket) {
      depth -= 1;
      if (depth === 0) close(at);
    } else if (depth === 1 && byte === char.comma) close(at);
    else if (depth === 1 && byte === char.colon && colon === -1) colon = at;
  }
  return items;
}

/** Where the elements of a list stand in bytes that JSON.parse has accepted. */
export const elementSpans = (bytes: Buffer, list: Span): Span[] =>
  itemsOf(bytes, list).map((item) => item.span);

/**
 * Where the values of these members stand in bytes that JSON.parse has accepted, in one walk over
 * them; of a key that stands twice the last one, as JSON.parse reads it. Null for what is absent.
 */
export function memberSpans<Key extends string>(
  bytes: Buffer,
  object: Span,
  keys: readonly Key[],
): Readonly<Record<Key, Span | null>> {
  const found = new Map<string, Span>();
  for (const { span, colon } of itemsOf(bytes, object)) {
    const name = trimmed(bytes, span.start, colon);
    const key = String(JSON.parse(bytes.toString("utf8", name.start, name.end)));
    found.set(key, trimmed(bytes, colon + 1, span.end));
  }
  const spans = keys.map((key) => [key, found.get(key) ?? null] as const);
  // It has each of the keys, and no other.
  return Object.fromEntries(spans) as Record<Key, Span | null>;
}

/** The same of one member. */
export const memberSpan = (bytes: Buffer, object: Span, key: string): Span | null =>
  memberSpans(bytes, object, [key])[key] ?? null;
