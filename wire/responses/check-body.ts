import {
  expected,
  isAnyObject,
  isBoolean,
  isInteger,
  isList,
  isName,
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
import { isMetadata, maxInt32 } from "../openai/check-body.ts";
import type { PromptTally } from "../openai/prompt-tally.ts";
import { checkInput } from "./check-items.ts";
import { isTextFormat, isToolChoice, isToolList } from "./check-tools.ts";

const isTextOptions: Rule = (value) =>
  isObject(value)
    ? (member(value, "format", optional(isTextFormat)) ??
      member(value, "verbosity", optional(isText(32))))
    : expected(value, "an object");

const isReasoning: Rule = (value) =>
  isObject(value)
    ? (member(value, "effort", optional(isText(32))) ??
      member(value, "summary", optional(isText(32))))
    : expected(value, "an object");

/** What is read here of a request's members. */
const optionalMembers: Readonly<Record<string, Rule>> = {
  instructions: isText(),
  stream: isBoolean,
  stream_options: isAnyObject,
  max_output_tokens: isInteger(1, maxInt32),
  max_tool_calls: isInteger(1, maxInt32),
  temperature: isNumber(0, 2),
  top_p: isNumber(0, 1),
  tools: isToolList,
  tool_choice: isToolChoice,
  parallel_tool_calls: isBoolean,
  text: isTextOptions,
  reasoning: isReasoning,
  metadata: isMetadata,
  user: isText(512),
  safety_identifier: isText(512),
  truncation: isOneOf("auto", "disabled"),
  include: isList({ min: 0, max: 100, each: isText(256) }),
  store: isBoolean,
  context_management: isList({ min: 0, max: 100, each: isAnyObject }),
};

// A Map: a key of the client may be called "constructor".
const rules: ReadonlyMap<string, Rule> = new Map(Object.entries(optionalMembers));

/** The one validator of these bodies: what passes it is a `ResponsesBody`. */
export function checkResponsesBody(body: JsonObject, tally: PromptTally): Fault | null {
  const wrongModel = member(body, "model", isName(256));
  if (wrongModel !== null) return wrongModel;
  for (const key in body) {
    const value = body[key];
    if (value === null) continue;
    const found = rules.get(key)?.(value) ?? null;
    if (found !== null) return under(key, found);
  }
  const { instructions } = body;
  if (typeof instructions === "string") tally.text(instructions);
  const wrongInput = checkInput(body["input"], tally);
  return wrongInput === null ? null : under("input", wrongInput);
}
