import type { JsonObject } from "../field-rules.ts";

/**
 * What a block of an answer, or a delta of one, holds to prove whose reasoning it is: a signature,
 * or reasoning that is encrypted. Null where there is none.
 */
export function proofIn({ type, signature, data }: JsonObject): string | null {
  const proof = type === "redacted_thinking" ? data : signature;
  const isReasoning =
    type === "redacted_thinking" || type === "thinking" || type === "signature_delta";
  return isReasoning && typeof proof === "string" && proof !== "" ? proof : null;
}
