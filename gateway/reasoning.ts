import { familyOf } from "@sekisho/wire/bedrock/model-traits.ts";
import type { PlannedAttempt } from "./plan.ts";

/**
 * Who signs or encrypts the reasoning of an answer and takes it back. The regions of Bedrock are
 * one signer, and so are providers of one kind: Claude's reasoning at Anthropic is not Bedrock's.
 * A package of the AI SDK is one for itself, by the name of the provider.
 */
export type ReasoningSigner = "anthropic" | "bedrock" | "gemini" | `ai-sdk/${string}`;

/** Who signed what, as far as this process has seen it (WIR-13). */
export interface ReasoningOrigins {
  /** `proof` is a signature, or reasoning that is encrypted. */
  remember(proof: string, signer: ReasoningSigner): void;
  /** Null where it is not known. */
  signerOf(proof: string): ReasoningSigner | null;
}

/** Null for models that sign nothing; a name that an account chose may be one that does. */
export function signerAt({ api, target }: PlannedAttempt): ReasoningSigner | null {
  if (api === "openai.chat") return null;
  if (api === "anthropic.messages") return "anthropic";
  if (api === "gemini.generateContent") return "gemini";
  if (api === "ai-sdk") return `ai-sdk/${target.provider}`;
  const family = familyOf(target.upstreamModel);
  return family === "claude" || family === "unknown" ? "bedrock" : null;
}
