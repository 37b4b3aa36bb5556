import type { EmbeddingQuestion, EmbeddingWords } from "../../canonical/embedding.ts";
import {
  expected,
  fault,
  isAnyObject,
  isBoolean,
  isInteger,
  isList,
  isName,
  isOneOf,
  isText,
  member,
  optional,
  type Fault,
  type JsonObject,
  type Rule,
} from "../../field-rules.ts";

/** Texts as Bedrock bounds a request; lengths are ours: no known model has a quarter of it. */
export const nativeEmbeddingLimits = { texts: 96, dimensions: 16_384 } as const;

/** A native body for vectors, as far as it is read here. */
export interface NativeEmbedding extends Pick<
  EmbeddingQuestion,
  "texts" | "dimensions" | "inputType" | "truncate"
> {
  /** The words that it may be in. */
  readonly words: readonly EmbeddingWords[];
  /** Inputs that are no texts, or not texts alone. */
  readonly others: number;
  /** What no other model has words for; null without such a member. */
  readonly ownField: string | null;
  /** Are vectors listed under their form? Of Cohere's fourth generation always. */
  readonly byType: boolean;
}

type Maker = "titan" | "cohere";

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

const given = (json: JsonObject, ...names: readonly string[]): string | null =>
  names.find((name) => isGiven(json[name])) ?? null;

const typeList = isList({ min: 1, max: 8, each: isText(16) });
const isDimensions = isInteger(1, nativeEmbeddingLimits.dimensions);

/** A text that is not empty. */
const isInput: Rule = (value) =>
  value === "" ? expected(value, "at least one character") : isText()(value);

const titanMembers = {
  "titan-v1": ["inputText"],
  "titan-v2": ["inputText", "dimensions", "normalize", "embeddingTypes"],
} as const;

const cohereMembers = ["texts", "input_type", "truncate", "embedding_types", "output_dimension"];

/** In whose words a body is: it says so itself, and where it does not its model does. */
export function makerOf(json: JsonObject, asked: EmbeddingWords | null): Maker | null {
  if (isGiven(json["inputText"])) return "titan";
  if (given(json, "texts", "images", "inputs") !== null) return "cohere";
  if (asked === null) return null;
  return asked.startsWith("titan") ? "titan" : "cohere";
}

/** Titan takes one text at a time. */
export function checkTitanBody(json: JsonObject): Fault | null {
  return (
    member(json, "inputText", isInput) ??
    member(json, "dimensions", optional(isDimensions)) ??
    member(json, "normalize", optional(isBoolean)) ??
    member(json, "embeddingTypes", optional(typeList))
  );
}

/** Reads what `checkTitanBody` found right. */
export function titanBody(json: JsonObject, asked: EmbeddingWords | null): NativeEmbedding {
  const words = titanWords(json, asked);
  const { inputText, dimensions, normalize, embeddingTypes: types } = json;
  const known: readonly string[] = words.flatMap((each) => titanMembers[each]);
  const own = normalize === false ? "normalize" : isFloatAlone(types) ? null : "embeddingTypes";
  return {
    words,
    texts: [String(inputText)],
    others: 0,
    dimensions: typeof dimensions === "number" ? dimensions : null,
    inputType: null,
    truncate: null,
    ownField: own ?? unknownIn(json, known),
    byType: true,
  };
}

type TitanWords = keyof typeof titanMembers;

function titanWords(json: JsonObject, asked: EmbeddingWords | null): readonly TitanWords[] {
  if (asked === "titan-v1" || asked === "titan-v2") return [asked];
  const isSecond = given(json, "dimensions", "normalize", "embeddingTypes") !== null;
  return isSecond ? ["titan-v2"] : ["titan-v1", "titan-v2"];
}

/** Texts are what other models take too; pictures, and texts beside them, are Cohere's alone. */
export function checkCohereBody(json: JsonObject): Fault | null {
  const { texts: most } = nativeEmbeddingLimits;
  const listOf = (each: Rule): Rule => isList({ min: 1, max: most, each });
  const kinds = ["texts", "images", "inputs"].filter((name) => isGiven(json[name]));
  if (kinds.length > 1) {
    const reason = `stands beside "${kinds[0]}", one of them expected`;
    return { ...fault("invalid_value", reason), path: kinds[1] ?? "" };
  }
  if (kinds.length === 0) return member(json, "texts", (value) => expected(value, "a list"));
  return (
    member(json, "texts", optional(listOf(isText()))) ??
    member(json, "images", optional(listOf(isText()))) ??
    member(json, "inputs", optional(listOf(isAnyObject))) ??
    member(json, "input_type", isName(64)) ??
    member(json, "truncate", optional(isOneOf("NONE", "START", "END", "LEFT", "RIGHT"))) ??
    member(json, "embedding_types", optional(typeList)) ??
    member(json, "output_dimension", optional(isDimensions))
  );
}

/** Reads what `checkCohereBody` found right. */
export function cohereBody(json: JsonObject, asked: EmbeddingWords | null): NativeEmbedding {
  const { output_dimension: dimensions, truncate, embedding_types: types } = json;
  const isTyped = !isFloatAlone(types);
  const own = given(json, "images", "inputs") ?? (isTyped ? "embedding_types" : null);
  const words = cohereWords(json, asked);
  return {
    words,
    texts: textsIn(json["texts"]),
    others: Math.max(lengthOf(json["images"]), lengthOf(json["inputs"])),
    dimensions: typeof dimensions === "number" ? dimensions : null,
    inputType: String(json["input_type"]),
    truncate: typeof truncate === "string" ? truncate : null,
    ownField: own ?? unknownIn(json, cohereMembers),
    byType: isGiven(types) || !words.includes("cohere-v3"),
  };
}

function cohereWords(json: JsonObject, asked: EmbeddingWords | null): readonly EmbeddingWords[] {
  if (asked === "cohere-v3" || asked === "cohere-v4") return [asked];
  const truncate = String(json["truncate"]);
  const isFourth = given(json, "output_dimension", "max_tokens", "inputs") !== null;
  if (isFourth || truncate === "LEFT" || truncate === "RIGHT") return ["cohere-v4"];
  if (truncate === "START" || truncate === "END") return ["cohere-v3"];
  return ["cohere-v3", "cohere-v4"];
}

/** Other models make numbers, and nothing that is packed or rounded. */
const isFloatAlone = (types: unknown): boolean =>
  !Array.isArray(types) || types.every((type) => type === "float");

const unknownIn = (json: JsonObject, known: readonly string[]): string | null =>
  Object.keys(json).find((name) => !known.includes(name) && isGiven(json[name])) ?? null;

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
