import { z } from "zod";
import { isMap } from "../schema/schema-walk.ts";

type Issue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map",
  record: "a map",
};

/**
 * What is wrong with a value, as the end of a sentence whose beginning is the path and the value:
 * "is above the limit of 65535". Schemas with better words have an `error` of their own.
 */
export function explainIssue(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      if (issue.expected === "boolean") return "is neither true nor false";
      return `is not ${wantedKind(issue)}`;
    case "too_small":
      if (issue.origin === "number") return `is below the limit of ${issue.minimum}`;
      if (Number(issue.minimum) > 1) return `has fewer than ${issue.minimum} entries`;
      return "is empty";
    case "too_big":
      if (issue.origin === "number") return `is above the limit of ${issue.maximum}`;
      if (issue.origin === "string") return `is longer than ${issue.maximum} characters`;
      return `has more than ${issue.maximum} entries`;
    case "invalid_value":
      return notOneOf(issue.input, issue.values);
    case "invalid_union":
      return notOneOfKinds(issue);
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a key";
    case "unrecognized_keys":
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_element":
    case "custom":
      return "is not a value that is understood";
  }
}

function wantedKind(issue: Extract<Issue, { code: "invalid_type" }>): string {
  // zod calls every number a number, unless it is one with a fraction.
  const isWhole = issue.inst instanceof z.core.$ZodNumberFormat;
  const kind = issue.expected === "number" && isWhole ? "int" : issue.expected;
  return kinds[kind] ?? "a value that is understood";
}

function notOneOf(input: unknown, values: readonly unknown[]): string {
  const list = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const all = list.length === 1 ? list.join("") : `one of ${list.join(", ")}`;
  return input === undefined ? `is missing: it must be ${all}` : `is not ${all}`;
}

function notOneOfKinds(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (!isMap(issue.input)) return "is not a map";
  const { discriminator, options } = issue;
  if (typeof discriminator !== "string" || !Array.isArray(options)) return "is not understood";
  return notOneOf(issue.input[discriminator], options);
}
