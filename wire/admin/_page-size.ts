import { ok, type Parsed } from "../result.ts";
import { refuseParam } from "./_query.ts";
import { pageLimits } from "./page-limits.ts";

/** How many rows a page has: the parameter `limit`, or `usual` without one. */
export function readPageSize(
  text: string | undefined,
  usual: number = 100,
): Parsed<number, "invalid_value"> {
  const size = text === undefined ? usual : /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const { least, most } = pageLimits;
  if (size >= least && size <= most) return ok(size);
  const given = JSON.stringify(text?.slice(0, 64));
  return refuseParam("limit", `must be a whole number from ${least} to ${most}, not ${given}`);
}
