import { refuse, type Parsed } from "../result.ts";

const maxValueLength = 256;

/** What a query parameter got wrong. */
export const refuseParam = (param: string, why: string) =>
  refuse("invalid_value", param, `Cannot read the query: ${param.slice(0, 64)} ${why}`);

/** What always has a name. Calls without a team or an agent are those of the empty one. */
const named: readonly string[] = ["tenant", "key", "rule", "user", "session"];

/**
 * The parameters of a query, the raw text behind "?": each known, and once at most. A script whose
 * variable is empty would otherwise be told that there is nothing.
 */
export function readQuery(
  query: string,
  known: readonly string[],
  maxLength: number = maxValueLength,
): Parsed<ReadonlyMap<string, string>, "invalid_value"> {
  const values = new Map<string, string>();
  for (const [param, value] of new URLSearchParams(query)) {
    if (!known.includes(param)) {
      return refuseParam(param, `is unknown; known: ${known.join(", ") || "none"}`);
    }
    if (values.has(param)) return refuseParam(param, "stands twice");
    if (value.length > maxLength) {
      const limit = `the limit is ${maxLength}`;
      return refuseParam(param, `has ${value.length} characters, ${limit}`);
    }
    if (value === "" && named.includes(param)) return refuseParam(param, "is empty");
    values.set(param, value);
  }
  return { ok: true, value: values };
}
