import {
  expected,
  fault,
  isAnyObject,
  isInteger,
  isList,
  isName,
  isNumber,
  isObject,
  isText,
  member,
  optional,
  under,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { checkContent, checkContents } from "./check-contents.ts";
import type { PromptTally } from "./prompt-tally.ts";

/** SEC-4. */
const maxTools = 1000;
const maxInt32 = 2 ** 31 - 1;

const isSchema: Rule = optional(isAnyObject);

const isFunction: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "name", isName(256)) ??
    member(value, "description", optional(isText())) ??
    member(value, "parameters", isSchema) ??
    member(value, "parametersJsonSchema", isSchema)
  );
};

/** A tool without functions is one that Google runs; the list of them grows. */
const isTool: Rule = (value) =>
  isObject(value)
    ? member(
        value,
        "functionDeclarations",
        optional(isList({ min: 0, max: maxTools, each: isFunction })),
      )
    : expected(value, "an object");

const isCallingConfig: Rule = (value) =>
  isObject(value)
    ? (member(value, "mode", optional(isText(64))) ??
      member(
        value,
        "allowedFunctionNames",
        optional(isList({ min: 0, max: maxTools, each: isName(256) })),
      ))
    : expected(value, "an object");

const isToolConfig: Rule = (value) =>
  isObject(value)
    ? member(value, "functionCallingConfig", optional(isCallingConfig))
    : expected(value, "an object");

/** What is read here of it; the rest is the provider's business. */
const generationRules: Readonly<Record<string, Rule>> = {
  temperature: isNumber(0, 2),
  topP: isNumber(0, 1),
  topK: isNumber(0, maxInt32),
  maxOutputTokens: isInteger(0, maxInt32),
  candidateCount: isInteger(1, 8),
  seed: isInteger(-maxInt32 - 1, maxInt32),
  presencePenalty: isNumber(-2, 2),
  frequencyPenalty: isNumber(-2, 2),
  stopSequences: isList({ min: 0, max: 64, each: isText(8192) }),
  responseMimeType: isText(256),
  responseSchema: isAnyObject,
  responseJsonSchema: isAnyObject,
};

const isGenerationConfig: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  for (const [key, rule] of Object.entries(generationRules)) {
    const found = member(value, key, optional(rule));
    if (found !== null) return found;
  }
  const { responseSchema, responseJsonSchema: json } = value;
  return isObject(responseSchema) && isObject(json)
    ? under("responseSchema", fault("invalid_value", 'stands beside "responseJsonSchema"'))
    : null;
};

/** The one validator of bodies of this dialect: what passes it is a `GenerateBody`. */
export function checkGenerateBody(body: JsonObject, tally: PromptTally): Fault | null {
  const { systemInstruction: system } = body;
  const found =
    member(body, "tools", optional(isList({ min: 0, max: maxTools, each: isTool }))) ??
    member(body, "toolConfig", optional(isToolConfig)) ??
    member(body, "generationConfig", optional(isGenerationConfig)) ??
    member(body, "cachedContent", optional(isText(2048)));
  if (found !== null) return found;
  // Whatever role an instruction is given, it is one.
  const wrongSystem =
    system === undefined || system === null
      ? null
      : checkContent(system, tally, optional(isText(64)));
  if (wrongSystem !== null) return under("systemInstruction", wrongSystem);
  const wrongContents = checkContents(body["contents"], tally);
  return wrongContents === null ? null : under("contents", wrongContents);
}
