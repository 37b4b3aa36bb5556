import { elementSpans, memberSpan } from "../framing/json-elements.ts";
import type { Span } from "../framing/json-scan.ts";
import type { Block, MessageParam, TextBlock, ThinkingBlock } from "./message-body.ts";
import { isMadeCitation } from "./citation.ts";

// Told by their type.
const isThinking = (block: Block): block is ThinkingBlock => block.type === "thinking";
const isText = (block: Block): block is TextBlock => block.type === "text";

/** Reasoning that came from a provider that signs nothing. */
const isUnsigned = (block: Block): boolean => isThinking(block) && (block.signature ?? "") === "";

const isMadeUp = (block: Block): boolean =>
  isText(block) && (block.citations ?? []).some(isMadeCitation);

const isForeign = (block: Block): boolean => isUnsigned(block) || isMadeUp(block);

const hasForeign = ({ content }: MessageParam): boolean =>
  typeof content !== "string" && content.some(isForeign);

/**
 * The JSON of `messages` without what stands in this dialect's words but did not come from a
 * provider of its own: thinking without a signature, and citations that were made of another
 * dialect's. Clients send back what they were shown, and a provider that signs refuses it (WIR-13).
 * The rest stays as it was written; null when all of it does. A message that is nothing else goes.
 */
export function withoutForeignWords(
  bytes: Buffer,
  list: Span,
  messages: readonly MessageParam[],
): string | null {
  if (!messages.some(hasForeign)) return null;
  const spans = elementSpans(bytes, list);
  const kept: string[] = [];
  for (const [index, message] of messages.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const written = hasForeign(message) ? rewritten(bytes, span, message) : textAt(bytes, span);
    if (written !== null) kept.push(written);
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

const textAt = (bytes: Buffer, { start, end }: Span): string => bytes.toString("utf8", start, end);

function rewritten(bytes: Buffer, span: Span, { content }: MessageParam): string | null {
  const inner = memberSpan(bytes, span, "content");
  if (inner === null || typeof content === "string") return null;
  const texts: string[] = [];
  for (const [index, at] of elementSpans(bytes, inner).entries()) {
    const block = content[index];
    if (block === undefined || isUnsigned(block)) continue;
    texts.push(isMadeUp(block) ? JSON.stringify({ ...block, citations: null }) : textAt(bytes, at));
  }
  if (texts.length === 0) return null;
  const head = bytes.toString("utf8", span.start, inner.start);
  return `${head}[${texts.join(",")}]${bytes.toString("utf8", inner.end, span.end)}`;
}
