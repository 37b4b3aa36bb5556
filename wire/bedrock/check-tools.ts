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
  type Rule,
} from "../field-rules.ts";
import { isCachePoint } from "./check-blocks.ts";

/** SEC-4. */
export const maxTools = 1000;

const given = (value: unknown): boolean => value !== undefined && value !== null;

const isToolName: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a string");
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(value)) return null;
  return fault("invalid_value", "is not made of 1 to 64 letters, digits, _ and -");
};

const isInputSchema: Rule = (value) =>
  isObject(value) ? member(value, "json", isAnyObject) : expected(value, "an object with json");

const isToolSpec: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "name", isToolName) ??
    member(value, "description", optional(isText())) ??
    member(value, "inputSchema", isInputSchema) ??
    member(value, "strict", optional(isBoolean))
  );
};

/** A union; what is not known here is described by the provider. */
const isTool: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with one member");
  if (given(value["toolSpec"])) return member(value, "toolSpec", isToolSpec);
  return member(value, "cachePoint", optional(isCachePoint));
};

const isToolChoice: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with one member");
  const { tool } = value;
  if (!given(tool)) return null;
  const found = isObject(tool) ? member(tool, "name", isName(256)) : expected(tool, "an object");
  return found === null ? null : under("tool", found);
};

export const isToolConfig: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "tools", isList({ min: 0, max: maxTools, each: isTool })) ??
    member(value, "toolChoice", optional(isToolChoice))
  );
};

/** The schema stands in a string, so that its members keep their order. */
const isSchemaText: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a string of JSON");
  try {
    return isAnyObject(JSON.parse(value)) === null
      ? null
      : fault("invalid_value", "holds no JSON object");
  } catch {
    return fault("invalid_value", "holds no JSON");
  }
};

const isJsonSchema: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "schema", isSchemaText) ??
    member(value, "name", optional(isText(256))) ??
    member(value, "description", optional(isText()))
  );
};

const isStructure: Rule = (value) =>
  isObject(value) ? member(value, "jsonSchema", isJsonSchema) : expected(value, "an object");

const isTextFormat: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  return member(value, "type", isOneOf("json_schema")) ?? member(value, "structure", isStructure);
};

export const isOutputConfig: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "textFormat", optional(isTextFormat)) ??
    member(value, "effort", optional(isName(64)))
  );
};
