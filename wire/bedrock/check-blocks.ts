import type { PromptTally } from "../anthropic/prompt-tally.ts";
import {
  expected,
  fault,
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

/** Some gateways keep a signature in the id of a call. */
const maxIdLength = 65_536;

type BlockRule = (block: JsonObject, tally: PromptTally) => Fault | null;

const given = (value: unknown): boolean => value !== undefined && value !== null;

/** A member of a union whose rule is known. */
const nested =
  (key: string, check: BlockRule): BlockRule =>
  (block, tally) => {
    const inner = block[key];
    if (!isObject(inner)) return under(key, expected(inner, "an object"));
    const found = check(inner, tally);
    return found === null ? null : under(key, found);
  };

const checkText: BlockRule = (block, tally) => {
  const { text } = block;
  if (typeof text !== "string") return under("text", expected(text, "a string"));
  tally.text(text);
  return null;
};

export const isCachePoint: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  return (
    member(value, "type", isOneOf("default")) ?? member(value, "ttl", optional(isOneOf("5m", "1h")))
  );
};

/** The gateway's own credentials would read the object, whosever it is (SEC-8). */
export const s3IsOut = (): Fault =>
  under(
    "s3Location",
    fault("invalid_value", "names an object of S3, which is not read here: send its bytes"),
  );

const isData: Rule = isName(Infinity);

const checkBytes = (source: JsonObject): Fault | null =>
  given(source["s3Location"]) ? s3IsOut() : member(source, "bytes", isData);

const checkImage = nested("image", (image, tally) => {
  const { source } = image;
  if (!isObject(source)) return under("source", expected(source, "an object with bytes"));
  const found = checkBytes(source);
  if (found !== null) return under("source", found);
  tally.image();
  return member(image, "format", isName(16));
});

const isTextList: Rule = (value) =>
  isList({
    min: 0,
    max: 10_000,
    each: (item) =>
      isObject(item) ? member(item, "text", isText()) : expected(item, "an object with text"),
  })(value);

const checkDocumentSource: BlockRule = (source, tally) => {
  const { bytes, text, content } = source;
  if (given(text)) return checkText(source, tally);
  if (given(content)) {
    tally.json(content);
    return member(source, "content", isTextList);
  }
  const found = checkBytes(source);
  if (found === null && typeof bytes === "string") tally.file(bytes);
  return found;
};

const isCitationsConfig: Rule = (value) =>
  isObject(value) ? member(value, "enabled", optional(isBoolean)) : expected(value, "an object");

const checkDocument = nested("document", (document, tally) => {
  for (const key of ["name", "context"]) {
    const text = document[key];
    if (typeof text === "string") tally.text(text);
  }
  return (
    member(document, "name", isName(1024)) ??
    member(document, "format", optional(isName(16))) ??
    member(document, "context", optional(isText())) ??
    member(document, "citations", optional(isCitationsConfig)) ??
    nested("source", checkDocumentSource)(document, tally)
  );
});

const checkToolUse = nested("toolUse", (call, tally) => {
  const found =
    member(call, "toolUseId", isName(maxIdLength)) ??
    member(call, "name", isName(256)) ??
    (call["input"] === undefined ? under("input", expected(undefined, "any JSON")) : null);
  if (found !== null) return found;
  tally.text(String(call["name"]));
  tally.json(call["input"]);
  return null;
});

const checkToolResult = nested("toolResult", (result, tally) => {
  const found =
    member(result, "toolUseId", isName(maxIdLength)) ??
    member(result, "status", optional(isName(64)));
  return found ?? checkBlocks(result, resultBlocks, tally);
});

const checkReasoning = nested("reasoningContent", (reasoning, tally) => {
  const { reasoningText, redactedContent } = reasoning;
  if (given(redactedContent)) {
    tally.text(typeof redactedContent === "string" ? redactedContent : "");
    return member(reasoning, "redactedContent", isData);
  }
  if (!isObject(reasoningText)) {
    return under("reasoningText", expected(reasoningText, "an object with text"));
  }
  const found =
    member(reasoningText, "signature", optional(isText())) ?? checkText(reasoningText, tally);
  return found === null ? null : under("reasoningText", found);
});

const checkCitations = nested("citationsContent", (cited, tally) => {
  tally.json(cited["content"] ?? []);
  return (
    member(cited, "content", optional(isTextList)) ??
    member(cited, "citations", optional(isList({ min: 0, max: 10_000, each: () => null })))
  );
});

/** What a video or a recording comes to only the provider knows. */
const checkRecording =
  (key: string): BlockRule =>
  (block, tally) => {
    tally.reference();
    const inner = block[key];
    const source = isObject(inner) ? inner["source"] : undefined;
    if (!isObject(source)) return under(key, expected(inner, "an object with a source"));
    const found = checkBytes(source);
    return found === null ? null : under(key, under("source", found));
  };

const checkCachePoint: BlockRule = (block) => member(block, "cachePoint", isCachePoint);

type BlockRules = ReadonlyMap<string, BlockRule>;

const shared: readonly (readonly [string, BlockRule])[] = [
  ["text", checkText],
  ["image", checkImage],
  ["document", checkDocument],
  ["video", checkRecording("video")],
];

const resultBlocks: BlockRules = new Map(shared);

const messageBlocks: BlockRules = new Map<string, BlockRule>([
  ...shared,
  ["audio", checkRecording("audio")],
  ["toolUse", checkToolUse],
  ["toolResult", checkToolResult],
  ["reasoningContent", checkReasoning],
  ["citationsContent", checkCitations],
  ["cachePoint", checkCachePoint],
]);

const systemBlocks: BlockRules = new Map<string, BlockRule>([
  ["text", checkText],
  ["cachePoint", checkCachePoint],
]);

/**
 * A block is a union, named by its one member. One that is not known here is the provider's
 * business; what the model may read of it counts.
 */
function checkBlock(block: unknown, rules: BlockRules, tally: PromptTally): Fault | null {
  if (!isObject(block)) return expected(block, "an object with one member");
  const kinds = Object.keys(block).filter((key) => given(block[key]));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    return fault("invalid_value", `has ${kinds.length} members, exactly one expected`);
  }
  const check = rules.get(kind);
  if (check !== undefined) return check(block, tally);
  tally.json(block);
  return null;
}

function checkBlocks(owner: JsonObject, rules: BlockRules, tally: PromptTally): Fault | null {
  const { content } = owner;
  if (!Array.isArray(content)) return under("content", expected(content, "a list of blocks"));
  const found = checkBlockList(content, rules, tally);
  return found === null ? null : under("content", found);
}

function checkBlockList(
  blocks: readonly unknown[],
  rules: BlockRules,
  tally: PromptTally,
): Fault | null {
  for (let index = 0; index < blocks.length; index += 1) {
    const found = checkBlock(blocks[index], rules, tally);
    if (found !== null) return underIndex(index, found);
  }
  return null;
}

/** `content` of a message. */
export const checkContent = (message: JsonObject, tally: PromptTally): Fault | null =>
  checkBlocks(message, messageBlocks, tally);

/** `system`. */
export const checkSystem = (value: unknown, tally: PromptTally): Fault | null =>
  Array.isArray(value)
    ? checkBlockList(value, systemBlocks, tally)
    : expected(value, "a list of blocks");
