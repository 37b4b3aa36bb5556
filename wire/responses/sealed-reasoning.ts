import type { ReasoningPart } from "../canonical/request.ts";

/**
 * `encrypted_content` carries what proves whose reasoning an item is: a signature, or reasoning
 * that the provider has encrypted. Which of the two stands before it: they go back apart.
 */
const signedPrefix = "signed.";
const redactedPrefix = "redacted.";

export type Proof = Pick<ReasoningPart, "signature" | "redacted">;

export const sealed = ({ signature = "", redacted = "" }: Proof): string | null => {
  if (redacted !== "") return `${redactedPrefix}${redacted}`;
  return signature === "" ? null : `${signedPrefix}${signature}`;
};

/** No proof for what somebody else has sealed: no provider here could read it. */
export function unsealed(content: string): Proof {
  if (content.startsWith(signedPrefix)) return { signature: content.slice(signedPrefix.length) };
  if (content.startsWith(redactedPrefix)) return { redacted: content.slice(redactedPrefix.length) };
  return {};
}
