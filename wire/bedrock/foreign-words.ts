import { elementSpans, memberSpan } from "../framing/json-elements.ts";
import type { Span } from "../framing/json-scan.ts";
import type { ContentBlock, ConverseMessage } from "./converse-body.ts";

/** Reasoning that came from a provider that signs nothing. */
const isUnsigned = ({ reasoningContent }: ContentBlock): boolean => {
  const { reasoningText } = reasoningContent ?? {};
  return reasoningText !== undefined && (reasoningText.signature ?? "") === "";
};

/**
 * The JSON of `messages` without reasoning that has no signature: clients send back what they were
 * shown, and a model that signs refuses it (WIR-13). The rest stays as it was written; null when
 * all of it does. A message that is nothing else goes.
 */
export function withoutUnsignedReasoning(
  bytes: Buffer,
  list: Span,
  messages: readonly ConverseMessage[],
): string | null {
  if (!messages.some(({ content }) => content.some(isUnsigned))) return null;
  const spans = elementSpans(bytes, list);
  const kept: string[] = [];
  for (const [index, { content }] of messages.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const written = content.some(isUnsigned)
      ? rewritten(bytes, span, content)
      : textAt(bytes, span.start, span.end);
    if (written !== null) kept.push(written);
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

const textAt = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString("utf8", start, end);

function rewritten(bytes: Buffer, span: Span, content: readonly ContentBlock[]): string | null {
  const inner = memberSpan(bytes, span, "content");
  if (inner === null) return null;
  const texts: string[] = [];
  for (const [index, at] of elementSpans(bytes, inner).entries()) {
    const block = content[index];
    if (block !== undefined && !isUnsigned(block)) texts.push(textAt(bytes, at.start, at.end));
  }
  if (texts.length === 0) return null;
  const head = textAt(bytes, span.start, inner.start);
  return `${head}[${texts.join(",")}]${textAt(bytes, inner.end, span.end)}`;
}
