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
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import type { Blob } from "./generate-body.ts";
import type { PromptTally } from "./prompt-tally.ts";

/** SEC-4. */
export const maxContents = 10_000;
const maxParts = 10_000;
const maxName = 256;

const isBlob: Rule = (value) =>
  isObject(value)
    ? (member(value, "mimeType", isName(maxName)) ?? member(value, "data", isText()))
    : expected(value, "an object with mimeType and data");

/** The gateway's own credentials would read it. */
const isOpenUri: Rule = (value) =>
  typeof value === "string" && value.startsWith("gs:")
    ? fault("invalid_value", "names an object of Google's storage, which is read for nobody here")
    : isName(8192)(value);

const isFile: Rule = (value) =>
  isObject(value)
    ? (member(value, "fileUri", isOpenUri) ?? member(value, "mimeType", optional(isText(maxName))))
    : expected(value, "an object with fileUri");

const isCall: Rule = (value) =>
  isObject(value)
    ? (member(value, "name", isName(maxName)) ??
      member(value, "id", optional(isText(4096))) ??
      member(value, "args", optional(isAnyObject)))
    : expected(value, "an object with a name");

const isResponse: Rule = (value) =>
  isObject(value)
    ? (member(value, "name", isName(maxName)) ??
      member(value, "id", optional(isText(4096))) ??
      member(value, "response", optional(isAnyObject)))
    : expected(value, "an object with a name");

function checkPart(part: unknown, tally: PromptTally): Fault | null {
  if (!isObject(part)) return expected(part, "an object");
  const found =
    member(part, "text", optional(isText())) ??
    member(part, "inlineData", optional(isBlob)) ??
    member(part, "fileData", optional(isFile)) ??
    member(part, "functionCall", optional(isCall)) ??
    member(part, "functionResponse", optional(isResponse)) ??
    member(part, "thought", optional(isBoolean)) ??
    member(part, "thoughtSignature", optional(isText()));
  if (found !== null) return found;
  const { functionResponse: response } = part;
  if (isObject(response)) {
    const inner = member(response, "parts", optional(partsRule(tally)));
    if (inner !== null) return { ...inner, path: `functionResponse.${inner.path}` };
  }
  tallyPart(part, tally);
  return null;
}

/** The part was found right. */
function tallyPart(part: JsonObject, tally: PromptTally): void {
  const { text, inlineData, fileData, functionCall, functionResponse } = part;
  if (typeof text === "string") tally.text(text);
  // isBlob has seen it.
  if (isObject(inlineData)) tally.blob(inlineData as unknown as Blob);
  if (isObject(fileData)) tally.reference();
  for (const called of [functionCall, functionResponse]) {
    if (!isObject(called)) continue;
    tally.json(called["name"]);
    tally.json(called["args"] ?? called["response"]);
  }
}

const partsRule = (tally: PromptTally): Rule =>
  isList({ min: 0, max: maxParts, each: (part) => checkPart(part, tally) });

/** Roles of a conversation; without one it is the user's. */
const isRole: Rule = optional(isOneOf("user", "model", "function"));

export function checkContent(content: unknown, tally: PromptTally, role: Rule = isRole) {
  if (!isObject(content)) return expected(content, "an object with role and parts");
  tally.messages += 1;
  return member(content, "role", role) ?? member(content, "parts", optional(partsRule(tally)));
}

/** Checks `contents` and adds up what bounds its tokens. */
export const checkContents = (contents: unknown, tally: PromptTally): Fault | null =>
  isList({ min: 1, max: maxContents, each: (item) => checkContent(item, tally) })(contents);
