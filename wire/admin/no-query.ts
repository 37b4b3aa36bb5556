import type { Parsed } from "../result.ts";
import { readQuery } from "./_query.ts";

/** Reads the query of an endpoint that has none: a parameter would be ignored in silence. */
export function parseNoQuery(query: string): Parsed<null, "invalid_value"> {
  const read = readQuery(query, []);
  return read.ok ? { ok: true, value: null } : read;
}
