import {
  expected,
  isName,
  isOneOf,
  isText,
  member,
  optional,
  under,
  type Fault,
  type JsonObject,
} from "../../field-rules.ts";
import { refuse, type Refusal } from "../../result.ts";

/** The body of a request for vectors as far as it is read here. Null and absent mean the same. */
export interface EmbeddingBody extends JsonObject {
  readonly model: string;
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  readonly dimensions?: number | null;
  readonly encoding_format?: "float" | "base64" | null;
  readonly user?: string | null;
  /** Cohere's own words, for who is served by it. */
  readonly input_type?: string | null;
  readonly truncate?: string | null;
}

/** As OpenAI bounds a request. */
export const embeddingLimits = {
  inputs: 2_048,
  tokensOfInput: 8_192,
  /** Ours: no model that is known has a quarter of it. */
  dimensions: 16_384,
} as const;

type Wrong = Refusal<"invalid_value" | "too_complex" | "missing_field">;

/** In OpenAI's words, by which programs tell what they did wrong. */
const invalid = (path: string, what: string): Wrong =>
  refuse("invalid_value", path, `Invalid '${path}': ${what}`);

const tooLong = (path: string, length: number, max: number): Wrong =>
  invalid(
    path,
    `array too long. Expected an array with maximum length ${max}, ` +
      `but got an array with length ${length} instead.`,
  );

const noItem = (path: string): Wrong =>
  invalid(
    path,
    "empty array. Expected an array with minimum length 1, but got an empty array instead.",
  );

const noText = (path: string): Wrong =>
  invalid(
    path,
    "empty string. Expected a string with minimum length 1, but got an empty string instead.",
  );

const isId = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

function checkIds(ids: readonly unknown[], path: string): Wrong | null {
  if (ids.length === 0) return noItem(path);
  const { tokensOfInput } = embeddingLimits;
  if (ids.length > tokensOfInput) return tooLong(path, ids.length, tokensOfInput);
  return ids.every(isId) ? null : invalid(path, "expected ids of tokens, whole numbers from 0 on.");
}

function checkInput(input: unknown): Wrong | Fault | null {
  const kinds = "a string, a list of strings, a list of token ids, or a list of such lists";
  if (typeof input === "string") return input === "" ? noText("input") : null;
  if (!Array.isArray(input)) return under("input", expected(input, kinds));
  if (input.length === 0) return noItem("input");
  if (typeof input[0] === "number") return checkIds(input, "input");
  if (input.length > embeddingLimits.inputs) {
    return tooLong("input", input.length, embeddingLimits.inputs);
  }
  const isTexts = typeof input[0] === "string";
  for (const [index, each] of input.entries()) {
    const path = `input[${index}]`;
    const isAsFirst = isTexts ? typeof each === "string" : Array.isArray(each);
    if (!isAsFirst) return under(path, expected(each, isTexts ? "a string" : "a list of ids"));
    const found = isTexts ? (each === "" ? noText(path) : null) : checkIds(each, path);
    if (found !== null) return found;
  }
  return null;
}

function checkDimensions(value: unknown): Wrong | Fault | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return under("dimensions", expected(value, "a whole number from 1 on"));
  }
  const { dimensions: most } = embeddingLimits;
  if (value > most) {
    const what = `Expected a value <= ${most}, but got ${value} instead.`;
    return invalid("dimensions", `integer above maximum value. ${what}`);
  }
  if (value >= 1) return null;
  const what = `Expected a value >= 1, but got ${value} instead.`;
  return invalid("dimensions", `integer below minimum value. ${what}`);
}

/** The one validator of these bodies: what passes it is an `EmbeddingBody`. */
export const checkEmbeddingBody = (body: JsonObject): Wrong | Fault | null =>
  member(body, "model", isName(256)) ??
  checkInput(body["input"]) ??
  checkDimensions(body["dimensions"]) ??
  member(body, "encoding_format", optional(isOneOf("float", "base64"))) ??
  member(body, "user", optional(isText(512))) ??
  member(body, "input_type", optional(isText(64))) ??
  member(body, "truncate", optional(isText(64)));
