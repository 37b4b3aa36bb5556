import type { PromptTally } from "../anthropic/prompt-tally.ts";
import {
  expected,
  fault,
  isAnyObject,
  isInteger,
  isList,
  isNumber,
  isObject,
  isOneOf,
  isText,
  member,
  optional,
  under,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { checkContent, checkSystem } from "./check-blocks.ts";
import { isOutputConfig, isToolConfig } from "./check-tools.ts";

/** SEC-4. */
export const maxMessages = 10_000;

export const maxInt32 = 2 ** 31 - 1;
export const maxStopSequences = 2500;
const maxMetadata = 16;

const isLimit = optional(isInteger(1, maxInt32));
const isShare = optional(isNumber(0, 1));
const areStops = optional(isList({ min: 0, max: maxStopSequences, each: isText() }));

const isInferenceConfig: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "maxTokens", isLimit) ??
    member(value, "temperature", isShare) ??
    member(value, "topP", isShare) ??
    member(value, "stopSequences", areStops)
  );
};

const isMetadata: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object of strings");
  const keys = Object.keys(value);
  if (keys.length > maxMetadata) {
    return fault("invalid_value", `has ${keys.length} entries, at most ${maxMetadata} allowed`);
  }
  for (const key of keys) {
    if (key.length > 256) {
      return fault("invalid_value", `has a key of ${key.length} characters, at most 256 allowed`);
    }
    const found = isText(256)(value[key]);
    if (found !== null) return { ...found, reason: `has a value that ${found.reason}` };
  }
  return null;
};

/** What makers of models call the limit of an answer. */
const limitNames = [
  "max_tokens",
  "maxTokens",
  "max_completion_tokens",
  "max_new_tokens",
  "max_gen_len",
  "max_tokens_to_sample",
  "maxTokenCount",
] as const;

/** The limit is said, reserved and paid for in one place: `inferenceConfig.maxTokens`. */
const hasNoLimit: Rule = (value) => {
  const name = isObject(value) ? limitNames.find((key) => value[key] !== undefined) : undefined;
  if (name === undefined) return null;
  const reason = "sets a limit of its own, inferenceConfig.maxTokens is the one to set";
  return under(name, fault("invalid_value", reason));
};

const isModelFields: Rule = (value) =>
  isObject(value)
    ? (hasNoLimit(value) ?? member(value, "inferenceConfig", hasNoLimit))
    : expected(value, "an object");

/** What is read here of a request's members; the rest is the provider's business. */
const optionalMembers: Readonly<Record<string, Rule>> = {
  inferenceConfig: isInferenceConfig,
  toolConfig: isToolConfig,
  outputConfig: isOutputConfig,
  requestMetadata: isMetadata,
  additionalModelRequestFields: isModelFields,
  guardrailConfig: isAnyObject,
  performanceConfig: isAnyObject,
  promptVariables: isAnyObject,
  serviceTier: isAnyObject,
  additionalModelResponseFieldPaths: isList({ min: 0, max: 10, each: isText(256) }),
};

// A Map: a key of the client may be called "constructor".
const rules: ReadonlyMap<string, Rule> = new Map(Object.entries(optionalMembers));

const isRole = isOneOf("user", "assistant", "system");

function checkMessage(message: unknown, tally: PromptTally): Fault | null {
  if (!isObject(message)) return expected(message, "an object with role and content");
  return member(message, "role", isRole) ?? checkContent(message, tally);
}

/** The one validator of Converse bodies: what passes it is a `ConverseBody`. */
export function checkConverseBody(body: JsonObject, tally: PromptTally): Fault | null {
  for (const key in body) {
    const value = body[key];
    if (value === null) continue;
    const found = rules.get(key)?.(value) ?? null;
    if (found !== null) return under(key, found);
  }
  const { messages, system } = body;
  const wrongSystem = system === undefined || system === null ? null : checkSystem(system, tally);
  if (wrongSystem !== null) return under("system", wrongSystem);
  const list = { min: 1, max: maxMessages, each: (item: unknown) => checkMessage(item, tally) };
  const found = isList(list)(messages);
  tally.messages = Array.isArray(messages) ? messages.length : 0;
  return found === null ? null : under("messages", found);
}
