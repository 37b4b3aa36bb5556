import {
  embeddingQuestion,
  textOf,
  type EmbeddedText,
  type EmbeddingQuestion,
} from "../embedding/embedding-question.ts";
import type { Fields } from "../fields.ts";
import { parseBody, readModel } from "../request-json.ts";
import { baseModel } from "../scenario/marker.ts";

export interface OpenAiEmbedding extends EmbeddingQuestion {
  readonly encoding: "float" | "base64";
}

const mostInputs = 2_048;
const mostTokensOfInput = 8_192;
const mostTokens = 300_000;

const fixedLength = 1_536;
/** Models whose vectors may be shortened, with their own length; others have the fixed one. */
const shortenable: ReadonlyMap<string, number> = new Map([
  ["text-embedding-3-small", 1_536],
  ["text-embedding-3-large", 3_072],
]);

const isId = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

/** Ids stand for a text that nobody here knows: they are its words. */
const ofIds = (ids: readonly unknown[], body: Fields): EmbeddedText => {
  if (ids.length === 0 || !ids.every(isId)) throw invalidInput(body);
  return { text: ids.join(" "), tokens: ids.length };
};

const invalidInput = (body: Fields): Error =>
  body.invalid("input", "'$.input' is invalid. Please check the API reference.");

const ofElement = (each: unknown, body: Fields): EmbeddedText => {
  if (Array.isArray(each)) return ofIds(each, body);
  if (typeof each !== "string" || each === "") throw invalidInput(body);
  return textOf(each);
};

const readTexts = (body: Fields): EmbeddedText[] => {
  const input = body.any("input");
  if (input === null) throw body.missing("input");
  if (!Array.isArray(input)) return [ofElement(input, body)];
  if (typeof input[0] === "number") return [ofIds(input, body)];
  if (input.length === 0) throw invalidInput(body);
  if (input.length > mostInputs) {
    const what = `array too long. Expected an array with maximum length ${mostInputs}`;
    const text = `Invalid 'input': ${what}, but got an array with length ${input.length} instead.`;
    throw body.invalid("input", text);
  }
  return input.map((each) => ofElement(each, body));
};

const checkTokens = (texts: readonly EmbeddedText[], body: Fields): void => {
  let sum = 0;
  for (const { tokens } of texts) {
    sum += tokens;
    if (tokens <= mostTokensOfInput) continue;
    const what = `maximum context length is ${mostTokensOfInput} tokens`;
    throw body.invalid("input", `This model's ${what}, however you requested ${tokens} tokens.`);
  }
  if (sum <= mostTokens) return;
  const what = `maximum request size is ${mostTokens} tokens per request`;
  throw body.invalid("input", `Invalid 'input': ${what}.`);
};

const readDimensions = (body: Fields, model: string): number => {
  const own = shortenable.get(model);
  const asked = body.number("dimensions", { min: 1, max: 1_000_000, isInteger: true });
  if (asked === null) return own ?? fixedLength;
  if (own === undefined) {
    throw body.invalid("dimensions", "This model does not support specifying dimensions.");
  }
  if (asked <= own) return asked;
  const text = `Invalid value for 'dimensions' = ${asked}. Must be less than or equal to ${own}.`;
  throw body.invalid("dimensions", text);
};

/** Reads a request for vectors. Throws `Failure<RefusalCode>`. */
export const readEmbeddings = (bytes: Buffer): OpenAiEmbedding => {
  const body = parseBody(bytes);
  const model = readModel(body);
  const encoding = body.string("encoding_format") ?? "float";
  if (encoding !== "float" && encoding !== "base64") {
    const text = "Invalid 'encoding_format': supported values are 'float' and 'base64'.";
    throw body.invalid("encoding_format", text);
  }
  const texts = readTexts(body);
  checkTokens(texts, body);
  const dimensions = readDimensions(body, baseModel(model));
  return { ...embeddingQuestion(model, texts, dimensions), encoding };
};
