import { isObject } from "../field-rules.ts";

/**
 * What `reasoningContent` of an answer, whole or a delta of it, holds to prove whose reasoning it
 * is: a signature, or reasoning that is encrypted. Null where there is none.
 */
export function proofIn(reasoningContent: unknown): string | null {
  if (!isObject(reasoningContent)) return null;
  const { reasoningText, signature, redactedContent } = reasoningContent;
  const signed = isObject(reasoningText) ? reasoningText["signature"] : signature;
  for (const proof of [signed, redactedContent]) {
    if (typeof proof === "string" && proof !== "") return proof;
  }
  return null;
}
