import {
  expected,
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
import { checkTexts, isCacheControl } from "./check-blocks.ts";
import { checkMessages } from "./check-messages.ts";
import { isOutputConfig, isOutputFormat, isToolChoice, isToolList } from "./check-tools.ts";
import type { PromptTally } from "./prompt-tally.ts";

const maxInt32 = 2 ** 31 - 1;

/** 0 fills the cache and answers nothing. */
const isMaxTokens: Rule = isInteger(0, maxInt32);

const isMetadata: Rule = (value) =>
  isObject(value) ? member(value, "user_id", optional(isText(512))) : expected(value, "an object");

const isThinking: Rule = (value) =>
  isObject(value)
    ? (member(value, "type", isName(64)) ??
      member(value, "budget_tokens", optional(isInteger(0, maxInt32))))
    : expected(value, "an object with a type");

/** What is read here of a request's members; the rest is the provider's business. */
const optionalMembers: Readonly<Record<string, Rule>> = {
  stream: isBoolean,
  // Servers that are compatible go further than Claude.
  temperature: isNumber(0, 2),
  top_p: isNumber(0, 1),
  top_k: isInteger(0, maxInt32),
  stop_sequences: isList({ min: 0, max: 8191, each: isText() }),
  tools: isToolList,
  tool_choice: isToolChoice,
  metadata: isMetadata,
  thinking: isThinking,
  output_config: isOutputConfig,
  output_format: isOutputFormat,
  cache_control: isCacheControl,
};

// A Map: a key of the client may be called "constructor".
const rules: ReadonlyMap<string, Rule> = new Map(Object.entries(optionalMembers));

/** What the two requests of this dialect do not share. */
export interface BodyRules {
  /** A request that only counts tokens names no limit. */
  readonly hasMaxTokens: boolean;
}

/** The one validator of message bodies: what passes it is a `MessageBody`. */
export function checkMessageBody(
  body: JsonObject,
  tally: PromptTally,
  { hasMaxTokens }: BodyRules,
): Fault | null {
  const wrongHead =
    member(body, "model", isName(256)) ??
    member(body, "max_tokens", hasMaxTokens ? isMaxTokens : optional(isMaxTokens));
  if (wrongHead !== null) return wrongHead;
  for (const key in body) {
    const value = body[key];
    if (value === null) continue;
    const found = rules.get(key)?.(value) ?? null;
    if (found !== null) return under(key, found);
  }
  const { system, messages } = body;
  const wrongSystem = system === undefined || system === null ? null : checkTexts(system, tally);
  if (wrongSystem !== null) return under("system", wrongSystem);
  const wrongMessages = checkMessages(messages, tally);
  return wrongMessages === null ? null : under("messages", wrongMessages);
}
