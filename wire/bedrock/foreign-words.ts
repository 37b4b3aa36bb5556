import { mustThink } from "../anthropic/thinking.ts";
import {
  keepsAllSigned,
  leftOutReasoning,
  type LeftOutReasoning,
  type ReasoningRule,
  type TurnReader,
} from "../canonical/carried-reasoning.ts";
import { isObject } from "../field-rules.ts";
import { elementSpans, memberSpan } from "../framing/json-elements.ts";
import type { Span } from "../framing/json-scan.ts";
import type { ContentBlock, ConverseBody, ConverseMessage } from "./converse-body.ts";
import { familyOf } from "./model-traits.ts";

function proofOf({ reasoningContent }: ContentBlock): string | null {
  if (!reasoningContent) return null;
  const { reasoningText, redactedContent } = reasoningContent;
  if (reasoningText) return reasoningText.signature ?? "";
  return redactedContent ?? null;
}

const turns: TurnReader<ConverseMessage, ContentBlock> = {
  isAssistant: ({ role }) => role === "assistant",
  isUsers: ({ role, content }) =>
    role === "user" && !content.some(({ toolResult }) => toolResult !== undefined),
  blocksOf: ({ content }) => content,
  proofOf,
  isCall: ({ toolUse }) => toolUse !== undefined,
};

/** Reasoning in a body of Converse that a model of this name is not sent (WIR-13). */
export function foreignReasoning(
  { messages, additionalModelRequestFields: fields }: ConverseBody,
  model: string,
  rule: ReasoningRule = keepsAllSigned,
): LeftOutReasoning<ContentBlock> {
  const isClaude = familyOf(model) === "claude";
  return leftOutReasoning(messages, turns, {
    rule,
    keepsUnsigned: !isClaude,
    mustThink: rule.signs && isObject(fields) && mustThink(fields["thinking"]),
  });
}

/** Where a list of messages stands. */
export interface MessageBytes {
  readonly bytes: Buffer;
  readonly list: Span;
}

/**
 * The JSON of `messages` without this reasoning: clients send back what they were shown, and a
 * model refuses what it has not signed itself (WIR-13). The rest stays as it was written; null when
 * all of it does. A message that is nothing else goes.
 */
export function withoutReasoning(
  { bytes, list }: MessageBytes,
  messages: readonly ConverseMessage[],
  reasoning: ReadonlySet<ContentBlock>,
): string | null {
  if (reasoning.size === 0) return null;
  const spans = elementSpans(bytes, list);
  const kept: string[] = [];
  for (const [index, { content }] of messages.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const written = content.some((block) => reasoning.has(block))
      ? rewritten({ bytes, list: span }, content, reasoning)
      : textAt(bytes, span.start, span.end);
    if (written !== null) kept.push(written);
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

const textAt = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString("utf8", start, end);

function rewritten(
  { bytes, list: span }: MessageBytes,
  content: readonly ContentBlock[],
  reasoning: ReadonlySet<ContentBlock>,
): string | null {
  const inner = memberSpan(bytes, span, "content");
  if (inner === null) return null;
  const texts: string[] = [];
  for (const [index, at] of elementSpans(bytes, inner).entries()) {
    const block = content[index];
    if (block === undefined || reasoning.has(block)) continue;
    texts.push(textAt(bytes, at.start, at.end));
  }
  if (texts.length === 0) return null;
  const head = textAt(bytes, span.start, inner.start);
  return `${head}[${texts.join(",")}]${textAt(bytes, inner.end, span.end)}`;
}
