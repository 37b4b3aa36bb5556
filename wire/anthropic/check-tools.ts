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
  type Rule,
} from "../field-rules.ts";
import { isCacheControl } from "./check-blocks.ts";

/** SEC-4. */
export const maxTools = 1000;

const isToolName: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a string");
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(value)) return null;
  return fault("invalid_value", "is not made of 1 to 128 letters, digits, _ and -");
};

/** A tool with a type of its own is described by the provider; the list of them grows. */
export const isProvidersTool = (type: unknown): boolean =>
  typeof type === "string" && type !== "custom";

const isTool: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  const found =
    member(value, "type", optional(isName(256))) ??
    member(value, "cache_control", optional(isCacheControl));
  if (found !== null || isProvidersTool(value["type"])) return found;
  return (
    member(value, "name", isToolName) ??
    member(value, "description", optional(isText())) ??
    member(value, "input_schema", isAnyObject) ??
    member(value, "strict", optional(isBoolean)) ??
    member(value, "defer_loading", optional(isBoolean)) ??
    member(value, "allowed_callers", optional(isList({ min: 0, max: 99, each: isName(256) }))) ??
    member(value, "input_examples", optional(isList({ min: 0, max: 999, each: isAnyObject })))
  );
};

export const isToolList: Rule = isList({ min: 0, max: maxTools, each: isTool });

export const isToolChoice: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  return (
    member(value, "type", isOneOf("auto", "any", "tool", "none")) ??
    member(value, "disable_parallel_tool_use", optional(isBoolean)) ??
    (value["type"] === "tool" ? member(value, "name", isName(256)) : null)
  );
};

export const isOutputFormat: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  return member(value, "type", isOneOf("json_schema")) ?? member(value, "schema", isAnyObject);
};

export const isOutputConfig: Rule = (value) =>
  isObject(value)
    ? member(value, "format", optional(isOutputFormat))
    : expected(value, "an object");
