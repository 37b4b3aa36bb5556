import {
  leftOutReasoning,
  type LeftOutReasoning,
  type ReasoningRule,
  type TurnReader,
} from "../canonical/carried-reasoning.ts";
import { elementSpans, memberSpan } from "../framing/json-elements.ts";
import type { Span } from "../framing/json-scan.ts";
import { isMadeCitation } from "./citation.ts";
import { mustThink } from "./claude/thinking.ts";
import type {
  Block,
  MessageBody,
  MessageParam,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
} from "./message-body.ts";

// Told by their type.
const isThinking = (block: Block): block is ThinkingBlock => block.type === "thinking";
const isRedacted = (block: Block): block is RedactedThinkingBlock =>
  block.type === "redacted_thinking";
const isText = (block: Block): block is TextBlock => block.type === "text";

const isMadeUp = (block: Block): boolean =>
  isText(block) && (block.citations ?? []).some(isMadeCitation);

const blocksOf = ({ content }: MessageParam): readonly Block[] =>
  typeof content === "string" ? [] : content;

function proofOf(block: Block): string | null {
  if (isThinking(block)) return block.signature ?? "";
  return isRedacted(block) ? block.data : null;
}

const turns: TurnReader<MessageParam, Block> = {
  isAssistant: ({ role }) => role === "assistant",
  isUsers: (message) =>
    message.role === "user" && !blocksOf(message).some(({ type }) => type === "tool_result"),
  blocksOf,
  proofOf,
  isCall: ({ type }) => type === "tool_use",
};

/** Reasoning in a body of this dialect that a target of the dialect is not sent (WIR-13). */
export const foreignReasoning = (
  { messages, thinking }: MessageBody,
  rule: ReasoningRule,
): LeftOutReasoning<Block> =>
  leftOutReasoning(messages, turns, {
    rule,
    keepsUnsigned: false,
    mustThink: mustThink(thinking),
  });

/** Where a list of messages stands. */
export interface MessageBytes {
  readonly bytes: Buffer;
  readonly list: Span;
}

/**
 * The JSON of `messages` without this reasoning, and without citations that were made of another
 * dialect's. Clients send back what they were shown, and a provider that signs refuses it (WIR-13).
 * The rest stays as it was written; null when all of it does. A message that is nothing else goes.
 */
export function withoutForeignWords(
  { bytes, list }: MessageBytes,
  messages: readonly MessageParam[],
  reasoning: ReadonlySet<Block>,
): string | null {
  const isForeign = (block: Block): boolean => reasoning.has(block) || isMadeUp(block);
  if (!messages.some((message) => blocksOf(message).some(isForeign))) return null;
  const spans = elementSpans(bytes, list);
  const kept: string[] = [];
  for (const [index, message] of messages.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const blocks = blocksOf(message);
    const written = blocks.some(isForeign)
      ? rewritten({ bytes, list: span }, blocks, reasoning)
      : textAt(bytes, span);
    if (written !== null) kept.push(written);
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

const textAt = (bytes: Buffer, { start, end }: Span): string => bytes.toString("utf8", start, end);

function rewritten(
  { bytes, list: span }: MessageBytes,
  content: readonly Block[],
  reasoning: ReadonlySet<Block>,
): string | null {
  const inner = memberSpan(bytes, span, "content");
  if (inner === null) return null;
  const texts: string[] = [];
  for (const [index, at] of elementSpans(bytes, inner).entries()) {
    const block = content[index];
    if (block === undefined || reasoning.has(block)) continue;
    texts.push(isMadeUp(block) ? JSON.stringify({ ...block, citations: null }) : textAt(bytes, at));
  }
  if (texts.length === 0) return null;
  const head = bytes.toString("utf8", span.start, inner.start);
  return `${head}[${texts.join(",")}]${bytes.toString("utf8", inner.end, span.end)}`;
}
