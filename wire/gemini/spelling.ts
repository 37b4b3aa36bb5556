import { isObject, type JsonObject } from "../field-rules.ts";

/** Their values are the client's own data: keys in them are nobody's to respell. */
const opaque: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
]);

const snake = /^[a-z]+(?:_[a-z\d]+)+$/;

/** `max_output_tokens` is `maxOutputTokens`: servers of Google's read both. */
export const camelName = (name: string): string =>
  snake.test(name)
    ? name.replaceAll(/_(?<letter>[a-z\d])/g, (_, letter: string) => letter.toUpperCase())
    : name;

/**
 * A body with its members spelt in one way. Where one stands there in both, the scanner of bodies
 * or the rules refuse it. What needs no change is not copied.
 */
export function respelled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const made = value.map(respelled);
    return made.some((element, index) => element !== value[index]) ? made : value;
  }
  return isObject(value) ? respelledObject(value) : value;
}

function respelledObject(object: JsonObject): JsonObject {
  let isChanged = false;
  const members: [key: string, value: unknown][] = [];
  for (const key in object) {
    const name = camelName(key);
    const before = object[key];
    const after = opaque.has(name) ? before : respelled(before);
    isChanged ||= name !== key || after !== before;
    members.push([name, after]);
  }
  return isChanged ? Object.fromEntries(members) : object;
}
