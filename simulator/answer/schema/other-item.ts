import type { JsonObject } from "../../fields.ts";
import { numberOf } from "./number-value.ts";

export const isIn = (items: readonly unknown[], value: unknown): boolean =>
  items.some((item) => JSON.stringify(item) === JSON.stringify(value));

/** Another value for a list of unique items, where one is easily found; else undefined. */
export const otherItem = (schema: JsonObject, taken: readonly unknown[]): unknown => {
  const { enum: options } = schema;
  if (Array.isArray(options)) return options.find((option: unknown) => !isIn(taken, option));
  const last = taken.at(-1);
  const next = nextOf(schema, last, taken.length);
  return next === undefined || isIn(taken, next) ? undefined : next;
};

const nextOf = (schema: JsonObject, last: unknown, count: number): unknown => {
  if (typeof last === "boolean") return !last;
  if (typeof last === "number") {
    const next = last + (numberOf(schema, "multipleOf") ?? 1);
    const isFit = next <= (numberOf(schema, "maximum") ?? Infinity);
    return isFit && !("exclusiveMaximum" in schema) ? next : undefined;
  }
  if (typeof last !== "string" || "pattern" in schema || "format" in schema) return undefined;
  const next = `${last} ${count + 1}`;
  return Array.from(next).length <= (numberOf(schema, "maxLength") ?? Infinity) ? next : undefined;
};
