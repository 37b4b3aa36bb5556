import type { CanonicalEvent } from "../canonical/event.ts";
import type { ServerFrame } from "./server-frame.ts";

/**
 * Escapes make a character up to six bytes long: with what stands around it, a text of this many
 * UTF-16 units fits a frame of 32,768 bytes whatever it says (STR-10).
 */
export const maxTextUnits = 5_000;

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Does a character begin at the text's end that the text does not finish? */
export const isCutShort = (text: string): boolean =>
  text !== "" && isHigh(text.charCodeAt(text.length - 1));

/** In pieces of at most `maxTextUnits`, cut between characters as readers see them. */
export function cutText(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > maxTextUnits) {
    const at = cutOf(rest);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** A character of more units than fit is cut between its code points. */
function cutOf(text: string): number {
  const at = graphemes.segment(text.slice(0, maxTextUnits + 64)).containing(maxTextUnits)?.index;
  if (at !== undefined && at > 0) return at;
  return isHigh(text.charCodeAt(maxTextUnits - 1)) ? maxTextUnits - 1 : maxTextUnits;
}

/** The text of an event that goes on where another of its kind ends; null where it has none. */
function runningText(event: CanonicalEvent): string | null {
  switch (event.type) {
    case "text":
    case "refusal":
      return event.text;
    case "reasoning":
      return event.signature === undefined && event.redacted === undefined ? event.text : null;
    case "toolDelta":
      return event.arguments;
    case "citation":
    case "error":
    case "finish":
    case "ping":
    case "start":
    case "toolEnd":
    case "toolStart":
    case "usage":
      return null;
  }
}

function withText(event: CanonicalEvent, text: string): CanonicalEvent {
  if (event.type === "toolDelta") return { ...event, arguments: text };
  return "text" in event ? { ...event, text } : event;
}

const goOn = (a: CanonicalEvent, b: CanonicalEvent): boolean =>
  a.type === b.type && (a.type !== "toolDelta" || b.type !== "toolDelta" || a.index === b.index);

/** Two events as one, where nobody could tell; null where they stay apart. */
export function joined(before: CanonicalEvent, next: CanonicalEvent): CanonicalEvent | null {
  const head = runningText(before);
  const tail = runningText(next);
  if (head === null || tail === null || !goOn(before, next)) return null;
  return head.length + tail.length > maxTextUnits ? null : withText(before, head + tail);
}

/** May nothing be sent of it yet, since its last character may be finished by the next event? */
export const awaitsMore = (event: CanonicalEvent): boolean => isCutShort(runningText(event) ?? "");

interface Piece {
  readonly event?: CanonicalEvent;
  readonly data?: string;
}

function piecesOf(event: CanonicalEvent): Piece[] {
  const text = runningText(event);
  if (text !== null) return cutText(text).map((each) => ({ event: withText(event, each) }));
  const json = JSON.stringify(event);
  return json.length <= maxTextUnits ? [{ event }] : cutText(json).map((data) => ({ data }));
}

/** What an entry is read by: whose it is, and up to where it goes. */
export interface EntryPlace {
  readonly response: string;
  readonly seq: number;
}

/**
 * The frames of an entry, the same whenever they are made: of several, all but the last have the
 * number of their part.
 */
export function framesOf(place: EntryPlace, event: CanonicalEvent): ServerFrame[] {
  const pieces = piecesOf(event);
  return pieces.map(({ event: whole, data = "" }, n) => {
    const part = n === pieces.length - 1 ? {} : { part: n + 1 };
    return whole === undefined
      ? { type: "fragment", ...place, ...part, data }
      : { type: "event", ...place, ...part, event: whole };
  });
}
