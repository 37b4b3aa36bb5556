import type { FaultName } from "../faults.data.ts";
import type { TokenCounts } from "../reply.ts";
import { usageView, type UsageView } from "../script/usage-view.ts";

/** Zeros are left out, as Google leaves them. */
const usageObject = ({ tokens, write }: UsageView): object => {
  const { input, cached, output, reasoning } = tokens;
  return {
    promptTokenCount: write(input),
    ...(cached === 0 ? {} : { cachedContentTokenCount: write(cached) }),
    ...(output === reasoning ? {} : { candidatesTokenCount: write(output - reasoning) }),
    ...(reasoning === 0 ? {} : { thoughtsTokenCount: write(reasoning) }),
    totalTokenCount: write(input + output),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: write(input) }],
  };
};

/** The JSON of `usageMetadata`; null when a fault leaves it out. */
export const usageJson = (tokens: TokenCounts, fault: FaultName | null): string | null => {
  const view = usageView(tokens, fault);
  return view === null ? null : JSON.stringify(usageObject(view));
};

/** The same in the chunks ahead of the end: the prompt is known. */
export const promptUsageJson = (tokens: TokenCounts, fault: FaultName | null): string | null =>
  usageJson({ ...tokens, output: 0, reasoning: 0 }, fault);
