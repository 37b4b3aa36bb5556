import type { PromptSize } from "@sekisho/wire/canonical/request-facts.ts";
import type { FetchedMedia } from "../fetched-media.ts";

/** What templates add around the texts: role marks, separators, the priming of the answer. */
const tokensPerRequest = 16;
const tokensPerMessage = 8;
const tokensPerTool = 32;
/** The dearest image of the families in the price book, at its highest resolution. */
const tokensPerImage = 5_000;

/**
 * Most tokens a prompt can come to: byte-level tokenizers never make more tokens than bytes, and a
 * body has at least the bytes of every text in it, whatever the field, unless some of them are
 * ours: then those that were found count. Inline images make a body longer than its texts by far:
 * then it is those too. Files and content by
 * reference have a size that only the provider knows: Infinity, which the plan lowers to the
 * target's window (MON-4).
 */
export function inputTokensBound(size: PromptSize, bodyBytes: number): number {
  if (size.references > 0 || size.files > 0) return Infinity;
  const found = size.textBytes + size.schemaBytes;
  const textBytes = size.images === 0 ? Math.max(bodyBytes, found) : found;
  return (
    tokensPerRequest +
    textBytes +
    size.messages * tokensPerMessage +
    size.tools * tokensPerTool +
    size.images * tokensPerImage
  );
}

/** The bound once content that stood elsewhere is there, for targets that are sent its bytes. */
export function fetchedTokensBound(
  size: PromptSize,
  bodyBytes: number,
  fetched: readonly FetchedMedia[],
): number {
  const documents = fetched.filter(({ kind }) => kind === "document");
  const texts = documents.filter(({ source }) => source.mediaType.startsWith("text/"));
  const textBytes = texts.reduce((sum, { bytes }) => sum + bytes, 0);
  const grown: PromptSize = {
    ...size,
    textBytes: size.textBytes + textBytes,
    // Images by URL are counted among the images as well.
    files: size.files + documents.length - texts.length,
    references: Math.max(0, size.references - fetched.length),
  };
  return inputTokensBound(grown, bodyBytes + textBytes);
}
