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
  type JsonObject,
  type Rule,
} from "../field-rules.ts";

/** SEC-4. */
export const maxTools = 1000;

/** The grammar of names of functions and schemas. */
const isIdentifier: Rule = (value) => {
  if (typeof value !== "string") return expected(value, "a string");
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(value)) return null;
  return fault("invalid_value", "is not made of 1 to 64 letters, digits, _ and -");
};

/** A function with its arguments as a JSON schema. */
export const isFunction: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "name", isIdentifier) ??
    member(value, "description", optional(isText())) ??
    member(value, "parameters", optional(isAnyObject)) ??
    member(value, "strict", optional(isBoolean))
  );
};

const isCustomTool: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "name", isIdentifier) ??
    member(value, "description", optional(isText())) ??
    member(value, "format", optional(isAnyObject))
  );
};

const isTool: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  const wrongType = member(value, "type", isOneOf("function", "custom"));
  if (wrongType !== null) return wrongType;
  return value["type"] === "custom"
    ? member(value, "custom", isCustomTool)
    : member(value, "function", isFunction);
};

export const isToolList: Rule = isList({ min: 0, max: maxTools, each: isTool });

/** The deprecated `functions`. */
export const isFunctionList: Rule = isList({ min: 0, max: maxTools, each: isFunction });

const isNamed: Rule = (value) =>
  isObject(value) ? member(value, "name", isName(256)) : expected(value, "an object with a name");

const isAllowedTools: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "mode", isOneOf("auto", "required")) ??
    member(value, "tools", isList({ min: 1, max: maxTools, each: isToolReference }))
  );
};

const isToolReference: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return member(value, "type", isOneOf("function", "custom")) ?? namedBy(value);
};

/** `{type: "function", function: {name}}` and its kin: the member is called like the type. */
const namedBy = (value: JsonObject): ReturnType<Rule> =>
  member(value, value["type"] === "custom" ? "custom" : "function", isNamed);

export const isToolChoice: Rule = (value) => {
  if (typeof value === "string") return isOneOf("auto", "none", "required")(value);
  if (!isObject(value)) return expected(value, "auto, none, required or an object");
  const wrongType = member(value, "type", isOneOf("function", "custom", "allowed_tools"));
  if (wrongType !== null) return wrongType;
  return value["type"] === "allowed_tools"
    ? member(value, "allowed_tools", isAllowedTools)
    : namedBy(value);
};

/** The deprecated `function_call` of a request. */
export const isFunctionChoice: Rule = (value) =>
  typeof value === "string" ? isOneOf("auto", "none")(value) : isNamed(value);

/** A schema of an answer, and what it is called. */
export const isNamedSchema: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return (
    member(value, "name", isIdentifier) ??
    member(value, "schema", optional(isAnyObject)) ??
    member(value, "strict", optional(isBoolean)) ??
    member(value, "description", optional(isText()))
  );
};

export const isResponseFormat: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  const wrongType = member(value, "type", isOneOf("text", "json_object", "json_schema"));
  if (wrongType !== null || value["type"] !== "json_schema") return wrongType;
  return member(value, "json_schema", isNamedSchema);
};
