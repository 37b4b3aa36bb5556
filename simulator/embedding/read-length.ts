import type { Fields } from "../fields.ts";

/** How long vectors may be: the model's own length first. */
export type Lengths = readonly [own: number, ...others: number[]];

/** The length that is asked for, which must be one of the model's. */
export const readLength = (body: Fields, name: string, lengths: Lengths): number => {
  const [own] = lengths;
  const asked = body.number(name, { min: 1, max: 1_000_000, isInteger: true });
  if (asked === null || lengths.includes(asked)) return asked ?? own;
  const known = lengths.toSorted((a, b) => a - b).join(", ");
  throw body.invalid(name, `Invalid '${name}': expected one of ${known}, but got ${asked}.`);
};
