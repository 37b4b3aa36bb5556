import { isUtf8 } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Fields } from "./fields.ts";

const longestModelName = 2_048;
const deepestSchema = 64;

/**
 * The body of a request, where a dialect has several spellings in that of `respell`. Throws
 * `Failure("invalid_json")`.
 */
export const parseBody = (
  body: Buffer,
  respell: (json: unknown) => unknown = (json) => json,
): Fields => {
  if (!isUtf8(body)) throw new Failure("invalid_json", "The body is not valid UTF-8.");
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch (cause) {
    const message = "We could not parse the JSON body of your request.";
    throw new Failure("invalid_json", message, {}, cause);
  }
  return new Fields(respell(json), "");
};

/** Schemas are walked by recursion: one that is nested beyond reason is refused here. */
const isShallow = (value: unknown, depth: number): boolean => {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
};

export const checkedSchema = (schema: unknown, fields: Fields, name: string): unknown => {
  if (isShallow(schema, deepestSchema)) return schema;
  const limit = `nested deeper than ${deepestSchema} levels`;
  throw fields.invalid(name, `Invalid schema for '${fields.pathOf(name)}': ${limit}.`);
};

export const readSchema = (fields: Fields, name: string): unknown =>
  checkedSchema(fields.any(name), fields, name);

export const readModel = (body: Fields): string => {
  const model = body.string("model");
  if (model === null) throw body.missing("model");
  if (model === "" || model.length > longestModelName) {
    const text = `Invalid 'model': expected 1 to ${longestModelName} characters.`;
    throw body.invalid("model", text);
  }
  return model;
};

/** The name of a tool, with what stands around it. */
export const readToolName = (tool: Fields): string => {
  const name = tool.string("name");
  if (name !== null && /^[\w-]{1,64}$/.test(name)) return name;
  const rule = "expected 1 to 64 of a-z, A-Z, 0-9, _ and -";
  throw tool.invalid("name", `Invalid '${tool.pathOf("name")}': ${rule}.`);
};

/** Strings that end an answer, at most `limit`. */
export const readStops = (fields: Fields, name: string, limit: number): string[] => {
  const value = fields.any(name);
  const stops = typeof value === "string" ? [value] : (fields.list(name) ?? []);
  const texts = stops.filter((stop): stop is string => typeof stop === "string" && stop !== "");
  if (texts.length < stops.length || stops.length > limit) {
    const path = fields.pathOf(name);
    throw fields.invalid(name, `Invalid '${path}': expected at most ${limit} strings.`);
  }
  return texts;
};
