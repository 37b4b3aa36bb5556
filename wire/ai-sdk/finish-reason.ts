import type { FinishReason } from "../canonical/event.ts";
import { isObject } from "../field-rules.ts";

/** `cut`: the package saw the provider's answer end without a reason. */
export type ReadFinish = FinishReason | "error" | "cut";

const read: ReadonlyMap<unknown, ReadFinish> = new Map<unknown, ReadFinish>([
  ["stop", "stop"],
  ["length", "length"],
  ["content-filter", "filter"],
  ["tool-calls", "tool"],
  ["error", "error"],
  ["interrupted", "cut"],
]);

/**
 * Why an answer ended. Packages begin with `other` and give the provider's own word beside the
 * reason: `other` without a word is an answer that nobody has ended (WIR-5), with one an end by
 * itself.
 */
export function readFinishReason(value: unknown): ReadFinish {
  if (!isObject(value)) return "cut";
  const { unified, raw } = value;
  const known = read.get(unified);
  if (known !== undefined) return known;
  return typeof raw === "string" && raw !== "" ? "stop" : "cut";
}
