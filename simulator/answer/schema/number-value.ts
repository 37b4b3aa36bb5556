import type { JsonObject } from "../../fields.ts";

/** A keyword that is a number, null when it is not there or something else. */
export const numberOf = (schema: JsonObject, name: string): number | null => {
  const value = schema[name];
  return typeof value === "number" ? value : null;
};

/** The step between allowed values; 0 for any. */
const unitOf = (schema: JsonObject, isInteger: boolean): number => {
  const unit = numberOf(schema, "multipleOf") ?? 0;
  if (!isInteger) return unit;
  return Number.isInteger(unit) && unit > 0 ? unit : 1;
};

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Exclusive bounds are moved inwards by one step, or by half of what lies between. */
const boundsOf = (schema: JsonObject, unit: number): Bounds => {
  const above = numberOf(schema, "exclusiveMinimum");
  const below = numberOf(schema, "exclusiveMaximum");
  const between = above !== null && below !== null ? (below - above) / 2 : 1;
  const step = unit > 0 ? unit : Math.min(0.5, between);
  return {
    min: Math.max(numberOf(schema, "minimum") ?? -Infinity, (above ?? -Infinity) + step),
    max: Math.min(numberOf(schema, "maximum") ?? Infinity, (below ?? Infinity) - step),
  };
};

/** The multiple of the unit as it is written in decimals, not as the sum of binary errors. */
const multiple = (count: number, unit: number): number => Number((count * unit).toPrecision(12));

/** A number that the schema allows, as near to the wished one as may be. */
export const numberValue = (schema: JsonObject, isInteger: boolean, wished: number): number => {
  const unit = unitOf(schema, isInteger);
  const { min, max } = boundsOf(schema, unit);
  const fit = Math.max(min, Math.min(max, wished));
  if (unit === 0) return fit;
  const rounded = multiple(Math.round(fit / unit), unit);
  if (rounded < min) return multiple(Math.ceil(min / unit), unit);
  return rounded > max ? multiple(Math.floor(max / unit), unit) : rounded;
};
