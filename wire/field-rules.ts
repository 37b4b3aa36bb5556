import { refuse, type Refusal } from "./result.ts";

export type FaultCode = "invalid_value" | "missing_field" | "too_complex" | "unsupported_surface";

/** What is wrong with a field. `path` is relative to what is being read, "" for itself. */
export interface Fault {
  readonly code: FaultCode;
  readonly path: string;
  /** Why, behind the name of the field. Never a text of the client: it may be a prompt. */
  readonly reason: string;
}

/** Null when the value is as it must be. */
export type Rule = (value: unknown) => Fault | null;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The kind of a value, and the value itself where that cannot be content. */
const describe = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean" || value === null) {
    return String(value);
  }
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  return Array.isArray(value) ? `a list of ${value.length}` : "an object";
};

export const fault = (code: FaultCode, reason: string): Fault => ({ code, path: "", reason });

export const expected = (value: unknown, what: string): Fault =>
  value === undefined
    ? fault("missing_field", `is missing, ${what} expected`)
    : fault("invalid_value", `is ${describe(value)}, ${what} expected`);

/** Where a fault lies, seen from one level further out. Only called when there is one. */
export const under = (place: string, inner: Fault): Fault => ({
  ...inner,
  path: inner.path === "" ? place : `${place}.${inner.path}`,
});

/** `under` for a list's element, as `messages.[2]` names it. */
export const underIndex = (index: number, inner: Fault): Fault => under(`[${index}]`, inner);

export const refuseFault = ({ code, path, reason }: Fault): Refusal<FaultCode> =>
  refuse(code, path, `Cannot accept the request: "${path}" ${reason}`);

/** Absent and null both mean "not given". */
export const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || value === null ? null : rule(value);

/** The rule for one member of an object. */
export const member = (object: JsonObject, key: string, rule: Rule): Fault | null => {
  const found = rule(object[key]);
  return found === null ? null : under(key, found);
};

export const isBoolean: Rule = (value) =>
  typeof value === "boolean" ? null : expected(value, "true or false");

export const isNumber =
  (min: number, max: number): Rule =>
  (value) =>
    typeof value === "number" && value >= min && value <= max
      ? null
      : expected(value, `a number from ${min} to ${max}`);

export const isInteger =
  (min: number, max: number): Rule =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? null
      : expected(value, `a whole number from ${min} to ${max}`);

/** Any string, if it is no longer than `max` UTF-16 units. */
export const isText =
  (max = Infinity): Rule =>
  (value) => {
    if (typeof value !== "string") return expected(value, "a string");
    if (value.length <= max) return null;
    return fault("invalid_value", `has ${value.length} characters, at most ${max} allowed`);
  };

/** A string of 1 to `max` UTF-16 units. */
export const isName =
  (max: number): Rule =>
  (value) =>
    value === "" ? expected(value, `1 to ${max} characters`) : isText(max)(value);

export const isOneOf =
  (...words: readonly string[]): Rule =>
  (value) => {
    if (typeof value === "string" && words.includes(value)) return null;
    if (typeof value !== "string") return expected(value, `one of ${words.join(", ")}`);
    return fault("invalid_value", `has an unknown value, one of ${words.join(", ")} expected`);
  };

export const isAnyObject: Rule = (value) => (isObject(value) ? null : expected(value, "an object"));

export interface ListRule {
  readonly min: number;
  readonly max: number;
  readonly each: Rule;
}

export const isList =
  ({ min, max, each }: ListRule): Rule =>
  (value) => {
    if (!Array.isArray(value)) return expected(value, "a list");
    if (value.length > max) {
      const code = max >= 1000 ? "too_complex" : "invalid_value";
      return fault(code, `has ${value.length} elements, at most ${max} allowed`);
    }
    if (value.length < min) {
      return fault("invalid_value", `has ${value.length} elements, at least ${min} expected`);
    }
    for (let index = 0; index < value.length; index += 1) {
      const found = each(value[index]);
      if (found !== null) return underIndex(index, found);
    }
    return null;
  };
