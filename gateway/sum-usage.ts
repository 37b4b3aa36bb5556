import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";

/** What several answers used together. */
export function sumUsage(usages: readonly Usage[]): Usage {
  let sum = noUsage;
  for (const each of usages) {
    sum = {
      input: sum.input + each.input,
      output: sum.output + each.output,
      cacheRead: sum.cacheRead + each.cacheRead,
      cacheWrite5m: sum.cacheWrite5m + each.cacheWrite5m,
      cacheWrite1h: sum.cacheWrite1h + each.cacheWrite1h,
      reasoning: sum.reasoning + each.reasoning,
    };
  }
  return sum;
}
