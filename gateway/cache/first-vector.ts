import type { Buffer } from "node:buffer";
import { isObject } from "@sekisho/wire/field-rules.ts";
import { jsonOf } from "@sekisho/wire/framing/json-of.ts";

/** The first vector of an answer in OpenAI's words; null where it has none. */
export function firstVector(body: Buffer): readonly number[] | null {
  const json = jsonOf(body);
  const data = isObject(json) ? json["data"] : null;
  const [first] = Array.isArray(data) ? (data as readonly unknown[]) : []; // all unknown
  const vector = isObject(first) ? first["embedding"] : null;
  return isVector(vector) ? vector : null;
}

const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));
