import { isClaudeFrom } from "@sekisho/wire/anthropic/claude-version.ts";
import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";
import type { Price } from "../price.ts";
import { listedName } from "./listed-name.ts";
import { bookVersion, priceLines, regionalPercent, type PriceLine } from "./prices.data.ts";

/** The first Claude that costs more in a region. */
const firstRegional = { major: 4, minor: 5 };

/** The built-in price of an upstream model under any of its names; null without one (MON-2). */
export function builtinPrice(model: string): Price | null {
  const name = listedName(model, priceLines);
  const line = name === null ? undefined : priceLines[name];
  if (name === null || line === undefined) return null;
  const percent = isRegional(model) ? regionalPercent : 100;
  return priceOf(line, percent, `${bookVersion}/${name}`);
}

/** Does the name ask a region or a geography of Bedrock for the model? */
function isRegional(model: string): boolean {
  const bedrock = readBedrockModel(model);
  return bedrock !== null && bedrock.geography !== "global" && isClaudeFrom(model, firstRegional);
}

function priceOf(line: PriceLine, percent: number, list: string): Price {
  const [input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = input] = line;
  // Prices are whole hundreds of nano-USD: the division leaves no rest.
  const raised = (nanoUsd: number): number => (nanoUsd / 100) * percent;
  return {
    version: percent === 100 ? list : `${list}/${percent}%`,
    input: raised(input),
    output: raised(output),
    cacheRead: raised(cacheRead),
    cacheWrite5m: raised(cacheWrite5m),
    cacheWrite1h: raised(cacheWrite1h),
  };
}
