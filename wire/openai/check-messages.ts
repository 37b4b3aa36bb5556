import {
  expected,
  fault,
  isList,
  isName,
  isObject,
  isOneOf,
  isText,
  member,
  optional,
  under,
  underIndex,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { parseDataUrl } from "./data-url.ts";
import type { PromptTally } from "./prompt-tally.ts";

/** SEC-4. */
export const maxMessages = 10_000;

/** Some gateways keep a signature in the id of a call. */
export const maxCallIdLength = 65_536;

type PartRule = (part: JsonObject, tally: PromptTally) => Fault | null;

export const audioIsOut = (): Fault =>
  fault("unsupported_surface", "asks for audio, which this gateway does not serve");

const checkText = (object: JsonObject, key: string, tally: PromptTally): Fault | null => {
  const text = object[key];
  if (typeof text !== "string") return under(key, expected(text, "a string"));
  tally.text(text);
  return null;
};

/** A URL of http, https or base64 data. */
export const isImageUrl: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a URL");
  if (/^https?:\/\/[^/]/i.test(value) || parseDataUrl(value) !== null) return null;
  return fault("invalid_value", "is no URL of http, https or base64 data");
};

const checkImage: PartRule = (part, tally) => {
  const image = part["image_url"];
  if (!isObject(image)) return under("image_url", expected(image, "an object with a url"));
  const found = member(image, "url", isImageUrl) ?? member(image, "detail", optional(isText(16)));
  if (found !== null) return under("image_url", found);
  tally.image(String(image["url"]));
  return null;
};

const checkFile: PartRule = (part, tally) => {
  const file = part["file"];
  if (!isObject(file)) return under("file", expected(file, "an object"));
  const found =
    member(file, "file_id", optional(isName(256))) ??
    member(file, "file_data", optional(isName(Infinity))) ??
    member(file, "filename", optional(isText(1024)));
  if (found !== null) return under("file", found);
  const data = file["file_data"];
  if (typeof data !== "string" && typeof file["file_id"] !== "string") {
    return under("file", fault("missing_field", "has neither file_data nor file_id"));
  }
  tally.file(typeof data === "string" ? data : null);
  return null;
};

const textPart: readonly [string, PartRule] = [
  "text",
  (part, tally) => checkText(part, "text", tally),
];

const textParts: ReadonlyMap<string, PartRule> = new Map([textPart]);

const userParts: ReadonlyMap<string, PartRule> = new Map<string, PartRule>([
  textPart,
  ["image_url", checkImage],
  ["file", checkFile],
  ["input_audio", audioIsOut],
]);

const assistantParts: ReadonlyMap<string, PartRule> = new Map<string, PartRule>([
  textPart,
  ["refusal", (part, tally) => checkText(part, "refusal", tally)],
]);

interface ContentRule {
  readonly parts: ReadonlyMap<string, PartRule>;
  readonly mayBeNull: boolean;
}

const textContent: ContentRule = { parts: textParts, mayBeNull: false };

function checkParts(
  parts: readonly unknown[],
  rule: ContentRule,
  tally: PromptTally,
): Fault | null {
  for (let index = 0; index < parts.length; index += 1) {
    const part: unknown = parts[index];
    const found = isObject(part)
      ? checkPart(part, rule, tally)
      : expected(part, "an object with a type");
    if (found !== null) return underIndex(index, found);
  }
  return null;
}

function checkPart(part: JsonObject, rule: ContentRule, tally: PromptTally): Fault | null {
  const { type } = part;
  const check = typeof type === "string" ? rule.parts.get(type) : undefined;
  return check === undefined
    ? under("type", isOneOf(...rule.parts.keys())(type) ?? expected(type, "another type"))
    : check(part, tally);
}

function checkContent(message: JsonObject, rule: ContentRule, tally: PromptTally): Fault | null {
  const { content } = message;
  if (typeof content === "string") {
    tally.text(content);
    return null;
  }
  if (Array.isArray(content)) {
    const found = checkParts(content, rule, tally);
    return found === null ? null : under("content", found);
  }
  if ((content === undefined || content === null) && rule.mayBeNull) return null;
  return under("content", expected(content, "a string or a list of parts"));
}

function checkCalled(call: JsonObject, key: string, tally: PromptTally): Fault | null {
  const called = call[key];
  if (!isObject(called)) return under(key, expected(called, "an object"));
  const text = key === "custom" ? "input" : "arguments";
  const found = member(called, "name", isName(256)) ?? checkText(called, text, tally);
  if (found !== null) return under(key, found);
  tally.text(String(called["name"]));
  return null;
}

const checkToolCall =
  (tally: PromptTally): Rule =>
  (call) => {
    if (!isObject(call)) return expected(call, "an object");
    return (
      member(call, "id", isName(maxCallIdLength)) ??
      member(call, "type", isOneOf("function", "custom")) ??
      checkCalled(call, String(call["type"]), tally)
    );
  };

function checkAssistant(message: JsonObject, tally: PromptTally): Fault | null {
  const { refusal, audio, function_call: functionCall } = message;
  if (audio !== undefined && audio !== null) return under("audio", audioIsOut());
  const calls: Rule = isList({ min: 0, max: 1000, each: checkToolCall(tally) });
  return (
    checkContent(message, { parts: assistantParts, mayBeNull: true }, tally) ??
    (refusal === undefined || refusal === null ? null : checkText(message, "refusal", tally)) ??
    member(message, "tool_calls", optional(calls)) ??
    (functionCall === undefined || functionCall === null
      ? null
      : checkCalled(message, "function_call", tally))
  );
}

const roles: ReadonlyMap<string, PartRule> = new Map<string, PartRule>([
  ["system", (message, tally) => checkContent(message, textContent, tally)],
  ["developer", (message, tally) => checkContent(message, textContent, tally)],
  [
    "user",
    (message, tally) => checkContent(message, { parts: userParts, mayBeNull: false }, tally),
  ],
  ["assistant", checkAssistant],
  [
    "tool",
    (message, tally) =>
      member(message, "tool_call_id", isName(maxCallIdLength)) ??
      checkContent(message, textContent, tally),
  ],
  [
    "function",
    (message, tally) =>
      member(message, "name", isName(256)) ??
      checkContent(message, { parts: textParts, mayBeNull: true }, tally),
  ],
]);

function checkMessage(message: unknown, tally: PromptTally): Fault | null {
  if (!isObject(message)) return expected(message, "an object with role and content");
  const { role, name } = message;
  const check = typeof role === "string" ? roles.get(role) : undefined;
  if (check === undefined) {
    return under("role", isOneOf(...roles.keys())(role) ?? expected(role, "another role"));
  }
  if (typeof name === "string") tally.text(name);
  else if (name !== undefined && name !== null) return under("name", expected(name, "a string"));
  return check(message, tally);
}

/** Checks `messages` and adds up what bounds its tokens. */
export function checkMessages(messages: unknown, tally: PromptTally): Fault | null {
  const list = { min: 1, max: maxMessages, each: (item: unknown) => checkMessage(item, tally) };
  const found = isList(list)(messages);
  tally.messages = Array.isArray(messages) ? messages.length : 0;
  return found;
}
