import { nearest } from "@sekisho/lib/text/nearest.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";

/**
 * Why a name in a key's allow-list lets it use nothing: "… is no model; the nearest is …". Null for
 * a name that is served, also by a wildcard, and for a pattern: what it is for may come later.
 */
export function unknownModel(
  models: Readonly<Record<string, unknown>>,
  name: string,
): string | null {
  const known = Object.keys(models);
  if (name.includes("*") || known.some((each) => matchesWildcard(each, name))) return null;
  const hint = nearest(name, known);
  const rest = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
  return `"${name}" is no model; ${rest}`;
}
