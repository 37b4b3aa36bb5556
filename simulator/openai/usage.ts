import type { FaultName } from "../faults.data.ts";
import type { TokenCounts } from "../reply.ts";
import { usageView, type UsageView } from "../script/usage-view.ts";

const usageObject = ({ tokens, write }: UsageView): object => ({
  prompt_tokens: write(tokens.input),
  completion_tokens: write(tokens.output),
  total_tokens: write(tokens.input + tokens.output),
  prompt_tokens_details: { cached_tokens: write(tokens.cached), audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: write(tokens.reasoning),
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

/** The JSON of `usage`; null when a fault leaves it out. */
export const usageJson = (tokens: TokenCounts, fault: FaultName | null): string | null => {
  const view = usageView(tokens, fault);
  return view === null ? null : JSON.stringify(usageObject(view));
};
