import type { SaidMidStream } from "../arrival.ts";
import type { ModelEntry } from "../model-entry.ts";

/**
 * Is the call's answer continued when its provider dies in mid-stream? The client is asked only
 * where its alias declares something of it. Throws Failure.
 */
export function isContinuedCall(
  { steering }: Pick<ModelEntry, "steering">,
  said: { midStream(): SaidMidStream | null },
): boolean {
  const declared = steering?.midStream ?? "error";
  if (declared === "error") return false;
  return (said.midStream() ?? (declared === "continue" ? "continue" : "error")) === "continue";
}
