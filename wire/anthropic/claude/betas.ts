import type { CanonicalRequest } from "../../canonical/request.ts";
import { ownWords } from "./own-words.ts";

/** The features in beta that a request names in its body, as Bedrock takes them. */
export function betasOf(request: CanonicalRequest): readonly string[] {
  const { anthropic_beta: betas } = ownWords(request);
  return Array.isArray(betas) ? betas.filter((beta) => typeof beta === "string") : [];
}
