import {
  expected,
  fault,
  isBoolean,
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
import { checkMessages } from "./check-messages.ts";
import {
  isFunctionChoice,
  isFunctionList,
  isResponseFormat,
  isToolChoice,
  isToolList,
} from "./check-tools.ts";
import type { PromptTally } from "./prompt-tally.ts";

/** The largest limit of an answer. */
export const maxInt32 = 2 ** 31 - 1;
const maxMetadata = 16;

const isStop: Rule = (value) =>
  typeof value === "string" ? null : isList({ min: 0, max: 4, each: isText() })(value);

const isLogitBias: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  for (const token in value) {
    const found = isNumber(-100, 100)(value[token]);
    // A token id is no text of the client, but a wrong one may be anything.
    if (found !== null) return /^\d{1,9}$/.test(token) ? under(token, found) : found;
  }
  return null;
};

/** At most 16 entries, keys of 64 characters and values of 512. */
export const isMetadata: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object of strings");
  const keys = Object.keys(value);
  if (keys.length > maxMetadata) {
    return fault("invalid_value", `has ${keys.length} entries, at most ${maxMetadata} allowed`);
  }
  for (const key of keys) {
    if (key.length > 64) {
      return fault("invalid_value", `has a key of ${key.length} characters, at most 64 allowed`);
    }
    const found = isText(512)(value[key]);
    if (found !== null) return { ...found, reason: `has a value that ${found.reason}` };
  }
  return null;
};

const isStreamOptions: Rule = (value) =>
  isObject(value)
    ? member(value, "include_usage", optional(isBoolean))
    : expected(value, "an object");

const isTextModality: Rule = (value) =>
  Array.isArray(value) && value.includes("audio")
    ? fault("unsupported_surface", "asks for audio, which this gateway does not serve")
    : isList({ min: 0, max: 2, each: isText(16) })(value);

/** What is read here of a request's members; the rest is the provider's business. */
const optionalMembers: Readonly<Record<string, Rule>> = {
  stream: isBoolean,
  stream_options: isStreamOptions,
  max_tokens: isInteger(1, maxInt32),
  max_completion_tokens: isInteger(1, maxInt32),
  n: isInteger(1, 128),
  temperature: isNumber(0, 2),
  top_p: isNumber(0, 1),
  frequency_penalty: isNumber(-2, 2),
  presence_penalty: isNumber(-2, 2),
  seed: isInteger(-(2 ** 63), 2 ** 63),
  stop: isStop,
  logprobs: isBoolean,
  top_logprobs: isInteger(0, 20),
  logit_bias: isLogitBias,
  tools: isToolList,
  tool_choice: isToolChoice,
  parallel_tool_calls: isBoolean,
  functions: isFunctionList,
  function_call: isFunctionChoice,
  response_format: isResponseFormat,
  modalities: isTextModality,
  metadata: isMetadata,
  user: isText(512),
  safety_identifier: isText(512),
};

// A Map: a key of the client may be called "constructor".
const rules: ReadonlyMap<string, Rule> = new Map(Object.entries(optionalMembers));

const given = (value: unknown): boolean => value !== undefined && value !== null;

/** What OpenAI refuses of members that are right one by one. */
function checkTogether(body: JsonObject): Fault | null {
  if (given(body["max_tokens"]) && given(body["max_completion_tokens"])) {
    const reason = "stands beside max_completion_tokens, one of the two allowed";
    return under("max_tokens", fault("invalid_value", reason));
  }
  if (given(body["stream_options"]) && body["stream"] !== true) {
    const reason = "is given without stream: true";
    return under("stream_options", fault("invalid_value", reason));
  }
  return null;
}

/** Checks the members that a chat and a legacy completion share: all but the prompt. */
export function checkMembers(body: JsonObject): Fault | null {
  const wrongModel = member(body, "model", isName(256));
  if (wrongModel !== null) return wrongModel;
  for (const key in body) {
    const value = body[key];
    if (value === null) continue;
    const found = rules.get(key)?.(value) ?? null;
    if (found !== null) return under(key, found);
  }
  return checkTogether(body);
}

/** The one validator of chat bodies: what passes it is a `ChatBody`. */
export function checkChatBody(body: JsonObject, tally: PromptTally): Fault | null {
  const found = checkMembers(body);
  if (found !== null) return found;
  const wrongMessages = checkMessages(body["messages"], tally);
  return wrongMessages === null ? null : under("messages", wrongMessages);
}
