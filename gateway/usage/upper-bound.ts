import type { PromptSize } from "@sekisho/wire/canonical/request-facts.ts";

/** What templates add around the texts: role marks, separators, the priming of the answer. */
const tokensPerRequest = 16;
const tokensPerMessage = 8;
const tokensPerTool = 32;
/** The dearest image of the families in the price book, at its highest resolution. */
const tokensPerImage = 5_000;

/**
 * Most tokens a prompt can come to: byte-level tokenizers never make more tokens than bytes. Files
 * and content by reference have a size that only the provider knows: Infinity, which the plan
 * lowers to the target's window (MON-4).
 */
export function inputTokensBound(size: PromptSize): number {
  if (size.references > 0 || size.files > 0) return Infinity;
  return (
    tokensPerRequest +
    size.textBytes +
    size.schemaBytes +
    size.messages * tokensPerMessage +
    size.tools * tokensPerTool +
    size.images * tokensPerImage
  );
}
