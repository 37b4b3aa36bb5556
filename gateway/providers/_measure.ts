import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Call } from "../call.ts";
import { estimateInputTokens } from "./estimate-tokens.ts";
import type { MeasuredUsage } from "../usage.ts";

const nothing: MeasuredUsage = { usage: noUsage, source: "none" };

/**
 * What the provider reported; else, once it has sent content, an estimate: providers stream about
 * one token an event. An answer without content has cost nothing that anybody knows of.
 */
export function measure(call: Call, reported: Usage | null, contentEvents: number): MeasuredUsage {
  if (reported !== null) return { usage: reported, source: "reported" };
  if (contentEvents === 0) return nothing;
  const input = estimateInputTokens(call.request.read);
  return { usage: { ...noUsage, input, output: contentEvents }, source: "estimated" };
}
