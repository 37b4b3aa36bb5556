import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Fields } from "../fields.ts";
import { patchFields } from "./patch-fields.data.ts";
import { readPatch } from "./read-scenario.ts";
import type { BehaviourPatch } from "./scenario.ts";

const inText = /\[\[sim:([^\]]{0,500})\]\]/g;
const inModel = /(?:^|[./-])sim\.(.+)$/;
const separators = /[\s,;]+/;

const rows = Object.entries(patchFields);
const known = rows.map(([, row]) => row.marker).join(", ");

const valueOf = (kind: string, text: string): unknown => {
  if (kind === "fault" || kind === "text") return text;
  if (kind === "flag") return text !== "0" && text !== "false";
  return text === "" ? Number.NaN : Number(text);
};

/** `word` is a marker's name, `separator` and a value; a flag may stand alone. */
const readWord = (word: string, separator: string, into: Record<string, unknown>): void => {
  for (const [field, row] of rows) {
    if (word.startsWith(row.marker + separator)) {
      into[field] = valueOf(row.kind, word.slice(row.marker.length + 1));
      return;
    }
    if (word === row.marker && row.kind === "flag") {
      into[field] = true;
      return;
    }
  }
  throw new Failure("invalid_marker", `Unknown marker '${word}': known are ${known}.`);
};

const readWords = (words: readonly string[], separator: string): BehaviourPatch => {
  const values: Record<string, unknown> = {};
  for (const word of words) if (word !== "") readWord(word, separator, values);
  try {
    return readPatch(new Fields(values, ""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable value";
    throw new Failure("invalid_marker", `Cannot read the marker: ${reason}`, {}, cause);
  }
};

/** Reads `fault=cut-fin after=40`, the inside of a text marker or a header. */
export const readMarker = (text: string): BehaviourPatch => readWords(text.split(separators), "=");

/**
 * The patch that a call carries in its last user text (`[[sim: …]]`), else in the name of its model
 * (`gpt-4.sim.fault-429.retry-after-2`); null without one. Throws `Failure("invalid_marker")`: a
 * mistyped marker that passed for none would let a test succeed for the wrong reason.
 */
export const findMarker = (model: string, text: string): BehaviourPatch | null => {
  const words: string[] = [];
  for (const found of text.matchAll(inText)) words.push(found[1] ?? "");
  if (words.length > 0) return readMarker(words.join(" "));
  const ofModel = inModel.exec(model)?.[1];
  return ofModel === undefined ? null : readWords(ofModel.split("."), "-");
};

/** The text without its markers. */
export const withoutMarker = (text: string): string => text.replace(inText, "").trim();

/** The name of a model without its marker: what a price list knows it by. */
export const baseModel = (model: string): string => {
  const found = inModel.exec(model);
  return found === null || found.index === 0 ? model : model.slice(0, found.index);
};
