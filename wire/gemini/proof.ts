import { Buffer } from "node:buffer";

/** Before reasoning that another provider has encrypted: this dialect knows signatures alone. */
const redactedMark = "redacted:";

/** A signature, or encrypted reasoning in the place of one. */
export type Proof = { readonly signature: string } | { readonly redacted: string };

/** `thoughtSignature` of a part as the canonical shape has it. Signatures are bytes in base64. */
export function readProof(thoughtSignature: string): Proof {
  const text = Buffer.from(thoughtSignature.slice(0, 16), "base64").toString("latin1");
  if (!text.startsWith(redactedMark)) return { signature: thoughtSignature };
  const whole = Buffer.from(thoughtSignature, "base64").toString("utf8");
  return { redacted: whole.slice(redactedMark.length) };
}

/** Clients keep it as bytes and give it back. */
export const writeRedacted = (data: string): string =>
  Buffer.from(redactedMark + data).toString("base64");

/** What of a part proves whose reasoning it is; null where there is none. */
export function proofOf(part: { readonly thoughtSignature?: unknown }): string | null {
  const { thoughtSignature: signature } = part;
  if (typeof signature !== "string" || signature === "") return null;
  const proof = readProof(signature);
  return "redacted" in proof ? proof.redacted : proof.signature;
}
