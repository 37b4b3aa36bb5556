import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Call } from "../call.ts";
import type { MeasuredUsage } from "../usage.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";

/** Between Latin text, four bytes to a token, and Japanese, three bytes or less. */
const bytesPerToken = 3;

/** An answer without content, of a provider that failed, has cost nothing that anybody knows of. */
export const nothingMeasured: MeasuredUsage = { usage: noUsage, source: "none" };

/** A whole answer that we did not wait for: it counts as spent at its reservation (MON-10). */
export const unknownMeasured: MeasuredUsage = { usage: noUsage, source: "unknown" };

/** What the provider has told of an answer so far. */
export interface Told {
  readonly usage: Usage | null;
  /** Told ahead of the answer: exact but for the output. */
  readonly promptUsage?: Usage | null;
  readonly outputBytes: number;
}

/** What the provider reported, else an estimate from the prompt and what the model has said. */
export function measure(call: Call, { usage, promptUsage, outputBytes }: Told): MeasuredUsage {
  if (usage !== null) return { usage, source: "reported" };
  const prompt = promptUsage ?? { ...noUsage, input: estimateInputTokens(call.request) };
  const output = Math.ceil(outputBytes / bytesPerToken);
  return { usage: { ...prompt, output }, source: "estimated" };
}
