import { createHash } from "node:crypto";
import type { AnyHead } from "../request.ts";
import { saidOutside } from "../said-outside.ts";

/**
 * What a request says, as 64 hexadecimal digits: its surface, what stands in its path and in the
 * headers that its answer depends on, and its body, whatever the order of members and the spaces
 * between them. Numbers count as they are written. The body must be JSON.
 */
export function fingerprintOf(said: AnyHead, body: Buffer): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(saidOutside(said)));
  hash.update("\n");
  hash.update(canonicalJson(body));
  return hash.digest("hex");
}

/** A text by which nobody is known: what is erased from the books must not stand here. */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The same text for bodies that say the same: a letter tells what is a text from a number. */
function canonicalJson(body: Buffer): string {
  return JSON.stringify(JSON.parse(body.toString("utf8"), marked));
}

/** The third parameter is newer than the types of the language. */
function marked(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === "string") return `s${value}`;
  return typeof value === "number" ? `n${context?.source ?? value}` : sorted(value);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
