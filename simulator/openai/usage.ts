import type { FaultName } from "../faults.data.ts";
import type { TokenCounts } from "../reply.ts";

const absurd = 1_000_000_000;

const usageObject = (
  tokens: TokenCounts,
  write: (value: number) => number | string,
): Readonly<Record<string, unknown>> => ({
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

const faulty: Partial<Record<FaultName, (tokens: TokenCounts) => string | null>> = {
  "no-usage": () => null,
  "usage-huge": (tokens) =>
    JSON.stringify(usageObject({ ...tokens, output: absurd }, (value) => value)),
  "usage-negative": (tokens) => JSON.stringify(usageObject(tokens, (value) => -value - 1)),
  "usage-string": (tokens) => JSON.stringify(usageObject(tokens, String)),
};

/** The JSON of `usage`; null when a fault leaves it out. */
export const usageJson = (tokens: TokenCounts, fault: FaultName | null): string | null => {
  const write = fault === null ? undefined : faulty[fault];
  return write === undefined
    ? JSON.stringify(usageObject(tokens, (value) => value))
    : write(tokens);
};
