import {
  expected,
  fault,
  isAnyObject,
  isList,
  isName,
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
import { audioIsOut, isImageUrl, maxCallIdLength, maxMessages } from "../openai/check-messages.ts";
import type { PromptTally } from "../openai/prompt-tally.ts";

type Check = (object: JsonObject, tally: PromptTally) => Fault | null;

const given = (value: unknown): value is string => typeof value === "string" && value !== "";

const checkText =
  (key: string): Check =>
  (object, tally) => {
    const text = object[key];
    if (typeof text !== "string") return under(key, expected(text, "a string"));
    tally.text(text);
    return null;
  };

const checkImage: Check = (part, tally) => {
  const found =
    member(part, "image_url", optional(isImageUrl)) ??
    member(part, "file_id", optional(isName(256))) ??
    member(part, "detail", optional(isText(16)));
  if (found !== null) return found;
  const { image_url: url, file_id: id } = part;
  if (!given(url) && !given(id)) return fault("missing_field", "has neither image_url nor file_id");
  tally.image(given(url) ? url : "");
  return null;
};

const isFileUrl: Rule = (value) =>
  typeof value === "string" && /^https?:\/\/[^/]/i.test(value)
    ? null
    : expected(value, "a URL of http or https");

const checkFile: Check = (part, tally) => {
  const found =
    member(part, "file_id", optional(isName(256))) ??
    member(part, "file_data", optional(isName(Infinity))) ??
    member(part, "file_url", optional(isFileUrl)) ??
    member(part, "filename", optional(isText(1024)));
  if (found !== null) return found;
  const { file_data: data, file_id: id, file_url: url } = part;
  if ([data, id, url].filter(given).length !== 1) {
    return fault("invalid_value", "has not exactly one of file_data, file_url and file_id");
  }
  tally.file(given(data) ? data : null);
  return null;
};

type Kinds = ReadonlyMap<string, Check>;

const inputParts: Kinds = new Map<string, Check>([
  ["input_text", checkText("text")],
  ["input_image", checkImage],
  ["input_file", checkFile],
  ["input_audio", audioIsOut],
]);

/** Some clients send their own words back as they would send the user's. */
const assistantParts: Kinds = new Map<string, Check>([
  ["output_text", checkText("text")],
  ["refusal", checkText("refusal")],
  ["input_text", checkText("text")],
]);

const instructionParts: Kinds = new Map([["input_text", checkText("text")]]);

const roles: ReadonlyMap<string, Kinds> = new Map([
  ["user", inputParts],
  ["assistant", assistantParts],
  ["system", instructionParts],
  ["developer", instructionParts],
]);

const checkKind = (object: JsonObject, kinds: Kinds, tally: PromptTally): Fault | null => {
  const { type } = object;
  const check = typeof type === "string" ? kinds.get(type) : undefined;
  if (check !== undefined) return check(object, tally);
  return under("type", isOneOf(...kinds.keys())(type) ?? expected(type, "another type"));
};

const checkParts = (key: string, kinds: Kinds): Check => {
  const textOf = checkText(key);
  return (object, tally) => {
    const content = object[key];
    if (typeof content === "string") return textOf(object, tally);
    const each: Rule = (part) =>
      isObject(part)
        ? (checkKind(part, kinds, tally) ??
          member(part, "prompt_cache_breakpoint", optional(isAnyObject)))
        : expected(part, "an object with a type");
    if (!Array.isArray(content)) {
      return under(key, expected(content, "a string or a list of parts"));
    }
    return member(object, key, isList({ min: 0, max: maxMessages, each }));
  };
};

const messageChecks: ReadonlyMap<string, Check> = new Map(
  [...roles].map(([role, kinds]) => [role, checkParts("content", kinds)]),
);

const checkMessage: Check = (item, tally) => {
  const { role } = item;
  const check = typeof role === "string" ? messageChecks.get(role) : undefined;
  if (check !== undefined) return check(item, tally);
  return under("role", isOneOf(...roles.keys())(role) ?? expected(role, "another role"));
};

const isCallId = isName(maxCallIdLength);

const checkCall: Check = (item, tally) => {
  const found =
    member(item, "call_id", isCallId) ??
    member(item, "name", isName(256)) ??
    checkText("arguments")(item, tally);
  if (found === null) tally.text(String(item["name"]));
  return found;
};

const checkOutput = checkParts("output", inputParts);

const checkReasoning: Check = (item, tally) => {
  const each: Rule = (part) =>
    isObject(part) ? checkText("text")(part, tally) : expected(part, "an object with a text");
  const texts = optional(isList({ min: 0, max: maxMessages, each }));
  const found =
    member(item, "summary", texts) ??
    member(item, "content", texts) ??
    member(item, "encrypted_content", optional(isText()));
  const { encrypted_content: sealed } = item;
  if (found === null && typeof sealed === "string") tally.text(sealed);
  return found;
};

const kinds: Kinds = new Map<string, Check>([
  ["message", checkMessage],
  ["function_call", checkCall],
  [
    "function_call_output",
    (item, tally) => member(item, "call_id", isCallId) ?? checkOutput(item, tally),
  ],
  ["reasoning", checkReasoning],
]);

const checkItem = (item: unknown, tally: PromptTally): Fault | null => {
  if (!isObject(item)) return expected(item, "an object with a type or a role");
  return item["type"] === undefined ? checkMessage(item, tally) : checkKind(item, kinds, tally);
};

/** Checks `input` and adds up what bounds its tokens. */
export function checkInput(input: unknown, tally: PromptTally): Fault | null {
  if (typeof input === "string") {
    tally.text(input);
    tally.messages += 1;
    return null;
  }
  if (!Array.isArray(input)) return expected(input, "a string or a list of items");
  tally.messages += input.length;
  return isList({ min: 1, max: maxMessages, each: (item) => checkItem(item, tally) })(input);
}
