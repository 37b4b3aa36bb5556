import {
  expected,
  fault,
  isAnyObject,
  isBoolean,
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
import type { PromptTally } from "./prompt-tally.ts";

/** Some gateways keep a signature in the id of a call. */
const maxIdLength = 65_536;

type BlockRule = (block: JsonObject, tally: PromptTally) => Fault | null;

export const isCacheControl: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "type", isOneOf("ephemeral")) ??
    member(value, "ttl", optional(isOneOf("5m", "1h")))
  );
};

const checkText = (block: JsonObject, key: string, tally: PromptTally): Fault | null => {
  const text = block[key];
  if (typeof text !== "string") return under(key, expected(text, "a string"));
  tally.text(text);
  return null;
};

const isWebUrl: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a URL");
  if (/^https?:\/\/[^/]/i.test(value)) return null;
  return fault("invalid_value", "is no URL of http or https");
};

const isData: Rule = isName(Infinity);
const isMediaType: Rule = isName(256);

/** What a source holds is told to the tally by who knows what it is. */
type SourceTally = (kind: string, data: string) => void;

function checkSource(block: JsonObject, kinds: readonly string[], tell: SourceTally): Fault | null {
  const { source } = block;
  if (!isObject(source)) return under("source", expected(source, "an object with a type"));
  const { type } = source;
  const found = member(source, "type", isOneOf(...kinds)) ?? checkSourceMembers(source);
  if (found !== null) return under("source", found);
  tell(String(type), typeof source["data"] === "string" ? source["data"] : "");
  return null;
}

function checkSourceMembers(source: JsonObject): Fault | null {
  switch (source["type"]) {
    case "base64":
      return member(source, "media_type", isMediaType) ?? member(source, "data", isData);
    case "text":
      return member(source, "media_type", isMediaType) ?? member(source, "data", isText());
    case "url":
      return member(source, "url", isWebUrl);
    case "file":
      return member(source, "file_id", isName(256));
    default:
      return null;
  }
}

const checkImage: BlockRule = (block, tally) => {
  const found = member(block, "transformations", optional(isAnyObject));
  if (found !== null) return found;
  return checkSource(block, ["base64", "url", "file"], (kind) => {
    tally.image();
    if (kind !== "base64") tally.reference();
  });
};

const isCitationsConfig: Rule = (value) =>
  isObject(value) ? member(value, "enabled", optional(isBoolean)) : expected(value, "an object");

const checkDocument: BlockRule = (block, tally) => {
  const found =
    member(block, "title", optional(isText())) ??
    member(block, "context", optional(isText())) ??
    member(block, "citations", optional(isCitationsConfig));
  if (found !== null) return found;
  for (const key of ["title", "context"]) {
    const text = block[key];
    if (typeof text === "string") tally.text(text);
  }
  return checkSource(block, ["base64", "text", "url", "file", "content"], (kind, data) => {
    if (kind === "base64") tally.file(data);
    else if (kind === "text") tally.text(data);
    else if (kind === "content") tally.json(block["source"]);
    else tally.reference();
  });
};

const checkToolUse: BlockRule = (block, tally) => {
  const found =
    member(block, "id", isName(maxIdLength)) ??
    member(block, "name", isName(256)) ??
    member(block, "input", isAnyObject);
  if (found !== null) return found;
  tally.text(String(block["name"]));
  tally.json(block["input"]);
  return null;
};

const checkToolResult: BlockRule = (block, tally) => {
  const found =
    member(block, "tool_use_id", isName(maxIdLength)) ??
    member(block, "is_error", optional(isBoolean));
  if (found !== null) return found;
  const { content } = block;
  return content === undefined || content === null ? null : checkContent(block, tally);
};

const checkThinking: BlockRule = (block, tally) =>
  member(block, "signature", optional(isText())) ?? checkText(block, "thinking", tally);

/** Each is the provider's business. */
const isCitationList: Rule = isList({ min: 0, max: 10_000, each: isAnyObject });

const checkTextBlock: BlockRule = (block, tally) =>
  member(block, "citations", optional(isCitationList)) ?? checkText(block, "text", tally);

const rules: ReadonlyMap<string, BlockRule> = new Map<string, BlockRule>([
  ["text", checkTextBlock],
  ["image", checkImage],
  ["document", checkDocument],
  ["tool_use", checkToolUse],
  ["tool_result", checkToolResult],
  ["thinking", checkThinking],
  ["redacted_thinking", (block, tally) => checkText(block, "data", tally)],
]);

/** Files in a container are of a size that only the provider knows. */
const referring: ReadonlySet<string> = new Set(["container_upload"]);

/**
 * A block of a kind that is not known here is the provider's business: new ones come with each of
 * its tools. What the model may read of it counts.
 */
const checkOther: BlockRule = (block, tally) => {
  if (referring.has(String(block["type"]))) tally.reference();
  tally.json(block);
  return null;
};

function checkBlock(block: unknown, tally: PromptTally): Fault | null {
  if (!isObject(block)) return expected(block, "an object with a type");
  const found =
    member(block, "type", isName(256)) ?? member(block, "cache_control", optional(isCacheControl));
  if (found !== null) return found;
  return (rules.get(String(block["type"])) ?? checkOther)(block, tally);
}

/** `content` of a message or of a tool's result: a string, or blocks. */
export function checkContent(owner: JsonObject, tally: PromptTally): Fault | null {
  const { content } = owner;
  if (typeof content === "string") return checkText(owner, "content", tally);
  if (!Array.isArray(content)) {
    return under("content", expected(content, "a string or a list of blocks"));
  }
  for (let index = 0; index < content.length; index += 1) {
    const found = checkBlock(content[index], tally);
    if (found !== null) return under("content", underIndex(index, found));
  }
  return null;
}

/** `system` and messages of that role: a string, or blocks of text. */
export function checkTexts(value: unknown, tally: PromptTally): Fault | null {
  if (typeof value === "string") {
    tally.text(value);
    return null;
  }
  if (!Array.isArray(value)) return expected(value, "a string or a list of text blocks");
  for (let index = 0; index < value.length; index += 1) {
    const block: unknown = value[index];
    const found =
      isObject(block) && block["type"] === "text"
        ? checkBlock(block, tally)
        : expected(block, "a text block");
    if (found !== null) return underIndex(index, found);
  }
  return null;
}
