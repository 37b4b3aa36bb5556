import { ok, type Parsed } from "../result.ts";
import { readPageSize } from "./_page-size.ts";
import { refuseParam } from "./_query.ts";

/** A page of rows that have places: those behind one of them, or the first. */
export interface PlacedPage {
  readonly after: number | null;
  readonly limit: number;
}

/** Reads the parameters `limit` and `after`. */
export function readPlacedPage(
  limit: string | undefined,
  after: string | undefined,
): Parsed<PlacedPage, "invalid_value"> {
  const size = readPageSize(limit);
  if (!size.ok) return size;
  if (after === undefined) return ok({ after: null, limit: size.value });
  if (/^[1-9]\d{0,14}$/.test(after)) return ok({ after: Number(after), limit: size.value });
  return refuseParam("after", "must be the `next` of a page");
}
