import { Buffer } from "node:buffer";

import {
  expected,
  isObject,
  isText,
  member,
  refuseFault,
  under,
  underIndex,
  type Fault,
  type JsonObject,
} from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { isImageUrl } from "./check-messages.ts";

/** More in one request are refused: each is a call of its own. */
export const maxModerationInputs = 32;

/** An image or a text of an input with several parts. */
export type ModerationPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** What is judged as one. */
export type ModerationInput = readonly ModerationPart[];

/** The body of `POST /v1/moderations`. */
export interface ModerationBody {
  /** As the client named it; null where it named none. */
  readonly model: string | null;
  readonly inputs: readonly ModerationInput[];
}

const scanner = new JsonScanner(["model", "input"]);

/** Reads the body: a text, a list of texts, or the parts of one input. */
export function readModerationBody(bytes: Buffer): Parsed<ModerationBody> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const { model = null, input } = json;
  if (model !== null && typeof model !== "string") {
    return refuseFault(under("model", expected(model, "a string")));
  }
  const found = checkInput(input);
  if (found !== null) return refuseFault(under("input", found));
  return ok({ model, inputs: inputsOf(input) });
}

function checkInput(input: unknown): Fault | null {
  if (typeof input === "string") return null;
  if (!Array.isArray(input)) return expected(input, "a string, a list of them or of parts");
  if (input.length === 0) return expected(input, "at least one input");
  if (input.length > maxModerationInputs) {
    return expected(input, `at most ${maxModerationInputs} inputs`);
  }
  const isTexts = typeof input[0] === "string";
  for (const [index, each] of input.entries()) {
    const found = isTexts ? isText()(each) : checkPart(each);
    if (found !== null) return underIndex(index, found);
  }
  return null;
}

function checkPart(part: unknown): Fault | null {
  if (!isObject(part)) return expected(part, "a string, or a part with a type");
  if (part["type"] === "text") return member(part, "text", isText());
  if (part["type"] === "image_url") return checkImage(part);
  return under("type", expected(part["type"], "text or image_url"));
}

function checkImage(part: JsonObject): Fault | null {
  const image = part["image_url"];
  if (!isObject(image)) return under("image_url", expected(image, "an object with a url"));
  const found = member(image, "url", isImageUrl);
  return found === null ? null : under("image_url", found);
}

/** What was found right. */
function inputsOf(input: unknown): ModerationInput[] {
  if (!Array.isArray(input)) return [[{ type: "text", text: String(input) }]];
  if (typeof input[0] === "string") return input.map((text) => [{ type: "text", text }]);
  // `checkInput` has looked at each part.
  return [input as ModerationInput];
}

/** One input as a body of its own. */
export const bodyOfInput = (model: string | null, input: ModerationInput): Buffer =>
  Buffer.from(JSON.stringify({ ...(model === null ? {} : { model }), input }));
