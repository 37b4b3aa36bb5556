import { isJsonObject } from "../fields.ts";

/** What stands in them is the caller's own. */
const untouched = [
  "args",
  "response",
  "parameters",
  "responseSchema",
  "responseJsonSchema",
  "parametersJsonSchema",
];

const camel = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A body with `max_output_tokens` and the like as `maxOutputTokens`: Google reads both. */
export const inCamelCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = camel(key);
      return [name, untouched.includes(name) ? inner : inCamelCase(inner)];
    }),
  );
};
