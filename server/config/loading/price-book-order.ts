import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { PriceBookShape } from "../schema/price-book.ts";

type Lines = PriceBookShape["models"][string];
type Line = Lines[number];

/** What no single figure of a book shows: bands and days that are out of order. */
export const bookOrder = ({ models }: PriceBookShape): Finding[] =>
  Object.entries(models).flatMap(([model, lines]) =>
    lines.flatMap((line, at) => {
      const path = ["models", model, at];
      return [...bandOrder(path, line), ...dayOrder(path, line, lines[at - 1])];
    }),
  );

const bandOrder = (path: ConfigPath, { bands }: Line): Finding[] =>
  bands.flatMap(({ overTokens }, at) => {
    const before = bands[at - 1]?.overTokens ?? 0;
    if (overTokens > before) return [];
    const rest = `: ${overTokens} is not above the ${before} of the band before it`;
    return [said([...path, "bands", at, "overTokens"], rest)];
  });

/** Days as they are written stand in the order of time. */
function dayOrder(path: ConfigPath, { from, until }: Line, before: Line | undefined): Finding[] {
  const found: Finding[] = [];
  if (from !== undefined && until !== undefined && until <= from) {
    found.push(said([...path, "until"], `: ${until} is not later than its first day, ${from}`));
  }
  if (before === undefined) return found;
  if (before.until === undefined) {
    return [...found, said(path, " follows a line that never ends: until is missing there")];
  }
  if (from === undefined) return [...found, said(path, " follows another line: from is missing")];
  if (from < before.until) {
    const rest = `: ${from} is before ${before.until}, the end of the line before it`;
    found.push(said([...path, "from"], rest));
  }
  return found;
}

const said = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
});
