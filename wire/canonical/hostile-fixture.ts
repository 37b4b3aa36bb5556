import fc from "fast-check";

/** The way to a member of a JSON value. */
export type Place = readonly (string | number)[];

/** The value itself, and everything in it. */
export function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  return [
    place,
    ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...place, key])),
  ];
}

/** A copy with something else in one place. */
export function replaced(value: unknown, place: Place, by: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined || typeof value !== "object" || value === null) return by;
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  Object.assign(copy, { [key]: replaced(Reflect.get(copy, key), rest, by) });
  return copy;
}

/** What nobody expects in the place of a member. */
export const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, "", "x", 0, -1, [], {}, [[]], [{}], [null], { type: "x" }, true),
);
