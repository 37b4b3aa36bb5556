import { expected, isList, isName, isObject, isOneOf, member, type Rule } from "../field-rules.ts";
import { isFunction, isNamedSchema, maxTools } from "../openai/check-tools.ts";

/** Tools that the provider runs are refused before: what is left are functions. */
const isTool: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return member(value, "type", isOneOf("function")) ?? isFunction(value);
};

export const isToolList: Rule = isList({ min: 0, max: maxTools, each: isTool });

const isNamedFunction: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object");
  return member(value, "type", isOneOf("function")) ?? member(value, "name", isName(256));
};

export const isToolChoice: Rule = (value) => {
  if (typeof value === "string") return isOneOf("auto", "none", "required")(value);
  if (!isObject(value)) return expected(value, "auto, none, required or an object");
  if (value["type"] !== "allowed_tools") return isNamedFunction(value);
  return (
    member(value, "mode", isOneOf("auto", "required")) ??
    member(value, "tools", isList({ min: 1, max: maxTools, each: isNamedFunction }))
  );
};

/** The form of the answer: in chats the schema lies one level further in. */
export const isTextFormat: Rule = (value) => {
  if (!isObject(value)) return expected(value, "an object with a type");
  const wrongType = member(value, "type", isOneOf("text", "json_object", "json_schema"));
  return wrongType === null && value["type"] === "json_schema" ? isNamedSchema(value) : wrongType;
};
