import type { Limits, OptionValues } from "./option-values.ts";

/**
 * The query that options ask the admin API by, each under its own name; `figures` are whole numbers
 * with their limits. Ends the command for a figure that is none, or beyond them.
 */
export function askedQuery(
  options: OptionValues,
  texts: readonly string[],
  figures: Readonly<Record<string, Limits>> = {},
): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of texts) {
    const value = options.text(name);
    if (value !== undefined) query.set(name, value);
  }
  for (const [name, limits] of Object.entries(figures)) {
    const count = options.within(name, limits);
    if (count !== undefined) query.set(name, String(count));
  }
  return query;
}
