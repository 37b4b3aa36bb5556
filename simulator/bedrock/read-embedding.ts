import {
  embeddingQuestion,
  textOf,
  type EmbeddingQuestion,
} from "../embedding/embedding-question.ts";
import { readLength, type Lengths } from "../embedding/read-length.ts";
import type { Fields } from "../fields.ts";

const mostTokensOfTitan = 8_192;
const mostCharsOfTitan = 50_000;
const titan1: Lengths = [1_536];
const titan2: Lengths = [1_024, 512, 256];

/** Reads a native body of Titan's models for vectors: one text. Throws `Failure<RefusalCode>`. */
export const readTitanEmbedding = (model: string, body: Fields): EmbeddingQuestion => {
  const isFirst = isFirstTitan(model);
  body.allowOnly(
    isFirst ? ["inputText"] : ["inputText", "dimensions", "normalize", "embeddingTypes"],
  );
  const inputText = body.string("inputText");
  if (inputText === null) throw body.missing("inputText");
  if (inputText === "") {
    throw body.invalid("inputText", "expected minLength: 1, actual: 0");
  }
  const text = textOf(inputText);
  if (inputText.length > mostCharsOfTitan) {
    const what = `expected maxLength: ${mostCharsOfTitan}, actual: ${inputText.length}`;
    throw body.invalid("inputText", what);
  }
  if (text.tokens > mostTokensOfTitan) {
    const what = `Too many input tokens. Max input tokens: ${mostTokensOfTitan}`;
    throw body.invalid("inputText", `${what}, request input token count: ${text.tokens}`);
  }
  body.boolean("normalize");
  return embeddingQuestion(
    model,
    [text],
    readLength(body, "dimensions", isFirst ? titan1 : titan2),
  );
};

const mostTexts = 96;
const mostCharsOfCohere3 = 2_048;
const cohere3: Lengths = [1_024];
const cohere4: Lengths = [1_536, 1_024, 512, 256];
const endsOfCohere3 = ["NONE", "START", "END"];
const endsOfCohere4 = ["NONE", "LEFT", "RIGHT"];
const inputTypes: ReadonlySet<string> = new Set([
  "search_document",
  "search_query",
  "classification",
  "clustering",
]);

const readTexts = (body: Fields, isThird: boolean): string[] => {
  const texts = body.list("texts");
  if (texts === null) throw body.missing("texts");
  const isList = texts.length >= 1 && texts.length <= mostTexts;
  if (!isList) throw body.invalid("texts", `expected 1 to ${mostTexts} texts: ${texts.length}`);
  return texts.map((text) => {
    if (typeof text !== "string") throw body.invalid("texts", "expected texts");
    if (isThird && text.length > mostCharsOfCohere3) {
      const what = `expected maxLength: ${mostCharsOfCohere3}, actual: ${text.length}`;
      throw body.invalid("texts", what);
    }
    return text;
  });
};

/** The first version of Titan names no form beside its vector. */
export const isFirstTitan = (model: string): boolean => /titan-embed-(?:text-v1|g1)/.test(model);

export interface CohereEmbedding extends EmbeddingQuestion {
  /** Vectors are listed under their type where types are named. */
  readonly byType: boolean;
}

export const isCohere = (question: EmbeddingQuestion): question is CohereEmbedding =>
  "byType" in question;

/** Reads a native body of Cohere's models for vectors. Throws `Failure<RefusalCode>`. */
export const readCohereEmbedding = (model: string, body: Fields): CohereEmbedding => {
  const isThird = model.includes("-v3");
  const inputType = body.string("input_type");
  if (inputType === null) throw body.missing("input_type");
  if (!inputTypes.has(inputType)) throw body.invalid("input_type", "invalid input_type");
  const truncate = body.string("truncate") ?? "NONE";
  const ends = isThird ? endsOfCohere3 : endsOfCohere4;
  if (!ends.includes(truncate)) {
    throw body.invalid("truncate", `expected one of ${ends.join(", ")}`);
  }
  const types = body.list("embedding_types");
  if (types !== null && types.some((type) => type !== "float")) {
    throw body.invalid("embedding_types", "only float is simulated");
  }
  const texts = readTexts(body, isThird).map(textOf);
  const lengths = isThird ? cohere3 : cohere4;
  const dimensions = readLength(body, "output_dimension", lengths);
  const byType = types !== null || !isThird;
  return { ...embeddingQuestion(model, texts, dimensions), byType };
};
