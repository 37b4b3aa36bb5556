import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Call } from "../call.ts";
import type { MeasuredUsage } from "../usage.ts";
import { estimateInputTokens } from "./estimate-tokens.ts";

/** Between Latin text, four bytes to a token, and Japanese, three bytes or less. */
const bytesPerToken = 3;

/** An answer without content, of a provider that failed, has cost nothing that anybody knows of. */
export const nothingMeasured: MeasuredUsage = { usage: noUsage, source: "none" };

/** A whole answer that we did not wait for: it counts as spent at its reservation (MON-10). */
export const unknownMeasured: MeasuredUsage = { usage: noUsage, source: "unknown" };

/** What the provider reported, else an estimate from the prompt and what the model has said. */
export function measure(call: Call, reported: Usage | null, outputBytes: number): MeasuredUsage {
  if (reported !== null) return { usage: reported, source: "reported" };
  const input = estimateInputTokens(call.request.read);
  const output = Math.ceil(outputBytes / bytesPerToken);
  return { usage: { ...noUsage, input, output }, source: "estimated" };
}
