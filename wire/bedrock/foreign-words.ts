import { Buffer } from "node:buffer";

import { mustThink } from "../anthropic/claude/thinking.ts";
import {
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
  rule: ReasoningRule,
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
  let isGap = false;
  for (const [index, { content }] of messages.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const written = content.some((block) => reasoning.has(block))
      ? rewritten({ bytes, list: span }, content, reasoning)
      : textAt(bytes, span.start, span.end);
    if (written === null) isGap = true;
    else {
      const before = isGap ? kept.pop() : undefined;
      if (before === undefined) kept.push(written);
      else kept.push(...joined(before, written));
      isGap = false;
    }
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

/** Roles alternate in Converse: a message that went leaves the two around it as one. */
function joined(before: string, after: string): string[] {
  const [first, second] = [Buffer.from(before), Buffer.from(after)];
  const [into, from] = [contentOf(first), contentOf(second)];
  const isOne = roleOf(first) === roleOf(second);
  if (!isOne || into === null || from === null) return [before, after];
  const items = [
    textAt(first, into.start + 1, into.end - 1),
    textAt(second, from.start + 1, from.end - 1),
  ].filter((text) => text.trim() !== "");
  return [
    `${textAt(first, 0, into.start)}[${items.join(",")}]${textAt(first, into.end, first.length)}`,
  ];
}

const contentOf = (message: Buffer): Span | null =>
  memberSpan(message, { start: 0, end: message.length }, "content");

function roleOf(message: Buffer): unknown {
  const span = memberSpan(message, { start: 0, end: message.length }, "role");
  return span === null ? null : JSON.parse(textAt(message, span.start, span.end));
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
