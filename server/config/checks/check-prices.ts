import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";

type Line = ConfigShape["prices"]["override"][string];

/** What no single figure of a price shows: bands and days that are out of order. */
export const checkPrices = ({ prices }: ConfigShape): Finding[] =>
  Object.entries(prices.override).flatMap(([model, line]) => {
    const path = ["prices", "override", model];
    return [
      ...checkBands(path, line),
      ...line.changes.flatMap((change, at) => checkBands([...path, "changes", at], change)),
      ...checkDays([...path, "changes"], line),
    ];
  });

const checkBands = (path: ConfigPath, { bands }: Pick<Line, "bands">): Finding[] =>
  bands.flatMap(({ overPromptTokens }, at) => {
    const before = bands[at - 1]?.overPromptTokens ?? 0;
    if (overPromptTokens > before) return [];
    const here = [...path, "bands", at, "overPromptTokens"];
    const rest = `: ${overPromptTokens} is not above the ${before} of the band before it`;
    return [{ path: here, sentence: formatPath(here) + rest }];
  });

/** Days as they are written stand in the order of time. */
const checkDays = (path: ConfigPath, { changes }: Line): Finding[] =>
  changes.flatMap(({ from }, at) => {
    const before = changes[at - 1]?.from;
    if (before === undefined || from > before) return [];
    const here = [...path, at, "from"];
    const rest = `: ${from} is not later than ${before} of the one before it`;
    return [{ path: here, sentence: formatPath(here) + rest }];
  });
