import type { FaultName } from "../faults.data.ts";
import { plainInput, type TokenCounts } from "../reply.ts";
import { usageView, type UsageView } from "../script/usage-view.ts";

const inputMembers = ({ tokens, write }: UsageView): object => ({
  input_tokens: write(plainInput(tokens)),
  cache_creation_input_tokens: write(tokens.cacheWrite5m + tokens.cacheWrite1h),
  cache_read_input_tokens: write(tokens.cached),
});

const outputMembers = ({ tokens, write }: UsageView): object => ({
  output_tokens: write(tokens.output),
  output_tokens_details:
    tokens.reasoning === 0 ? null : { thinking_tokens: write(tokens.reasoning) },
  server_tool_use: null,
});

const wholeUsage = (view: UsageView): object => ({
  ...inputMembers(view),
  cache_creation: {
    ephemeral_5m_input_tokens: view.write(view.tokens.cacheWrite5m),
    ephemeral_1h_input_tokens: view.write(view.tokens.cacheWrite1h),
  },
  ...outputMembers(view),
  service_tier: "standard",
  inference_geo: "not_available",
});

const written = (
  tokens: TokenCounts,
  fault: FaultName | null,
  write: (view: UsageView) => object,
): string | null => {
  const view = usageView(tokens, fault);
  return view === null ? null : JSON.stringify(write(view));
};

/** The JSON of `usage` in a plain answer; null when a fault leaves it out. */
export const usageJson = (tokens: TokenCounts, fault: FaultName | null): string | null =>
  written(tokens, fault, wholeUsage);

/** The same at the start of a stream: one token is there, the prompt is known. */
export const startUsageJson = (tokens: TokenCounts, fault: FaultName | null): string | null =>
  written({ ...tokens, output: 1, reasoning: 0 }, fault, wholeUsage);

/** The same at the end of a stream: the counts are of the whole answer. */
export const endUsageJson = (tokens: TokenCounts, fault: FaultName | null): string | null =>
  written(tokens, fault, (view) => ({ ...inputMembers(view), ...outputMembers(view) }));
