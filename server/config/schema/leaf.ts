import { z } from "zod";
import { asksFor } from "./not-yet.ts";

/** A map with a fixed set of keys that may be left out as a whole. */
export const section = <Shape extends z.core.$ZodLooseShape>(about: string, shape: Shape) =>
  z.strictObject(shape).describe(about);

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const wholeNumber = (about: string, { min, max }: Range) =>
  z.int().min(min).max(max).describe(about);

export const decimal = (about: string, { min, max }: Range) =>
  z.number().min(min).max(max).describe(about);

/** A duration in milliseconds, at most a day. */
export const millis = (about: string, min = 1) => wholeNumber(about, { min, max: 86_400_000 });

export const flag = (about: string) => z.boolean().describe(about);

export const text = (about: string, maxLength = 256) =>
  z.string().min(1).max(maxLength).describe(about);

/** Value -> the feature it asks for. */
export type Later = Readonly<Record<string, string>>;

/** The sentence for a value that only a later version understands; undefined for any other. */
export const laterValue = (later: Later, value: unknown): string | undefined => {
  if (typeof value !== "string" || !Object.hasOwn(later, value)) return undefined;
  return asksFor(later[value] ?? "");
};

/** One of a closed list. `later` are documented values that this version cannot honour. */
export const choice = <const Value extends string>(
  about: string,
  values: readonly [Value, ...Value[]],
  later: Later = {},
) => z.enum(values, { error: ({ input }) => laterValue(later, input) }).describe(about);

/** A key that the file chooses itself: the name of a provider, an alias, a tenant … */
export const name = (what: string, pattern: RegExp, rule: string) =>
  z.string().regex(pattern, { error: () => `is not the name of a ${what}: ${rule}` });

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const plainNameRule = "letters, digits and ._- only, at most 64";

/** A short name that stands in logs, metrics and paths. */
export const identifier = (what: string) => name(what, plainName, plainNameRule);
