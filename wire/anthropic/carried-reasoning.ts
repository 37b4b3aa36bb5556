import { leftOutReasoning, type ReasoningRule } from "../canonical/carried-reasoning.ts";
import type { CanonicalRequest, Message, Part } from "../canonical/request.ts";
import type { JsonObject } from "../field-rules.ts";
import { geminiThinkingKey, ownWords } from "./claude/own-words.ts";
import { mustThink, withThinkingOff } from "./claude/thinking.ts";

const turns = {
  isAssistant: ({ role }: Message): boolean => role === "assistant",
  isUsers: ({ role, parts }: Message): boolean =>
    role === "user" && !parts.some(({ kind }) => kind === "toolResult"),
  blocksOf: ({ parts }: Message): readonly Part[] => parts,
  proofOf: (part: Part): string | null =>
    part.kind === "reasoning" ? (part.redacted ?? part.signature ?? "") : null,
  isCall: ({ kind }: Part): boolean => kind === "toolCall",
};

/**
 * The request without the reasoning that this rule does not keep (WIR-13), and not asking for more
 * of it where the target could not go on then. The rule is told of both.
 */
export function carriedReasoning(request: CanonicalRequest, rule: ReasoningRule): CanonicalRequest {
  const { messages } = request;
  const { blocks, stopsThinking } = leftOutReasoning(messages, turns, {
    rule,
    // What nobody signed is judged by who writes the request.
    keepsUnsigned: !rule.signs,
    mustThink: rule.signs && mustThink(ownWords(request)["thinking"]),
  });
  if (blocks.size === 0) return request;
  const kept: Message[] = [];
  for (const message of messages) {
    const parts = message.parts.filter((part) => !blocks.has(part));
    if (parts.length === message.parts.length) kept.push(message);
    // A message that is nothing else goes.
    else if (parts.length > 0) kept.push({ ...message, parts });
  }
  return {
    ...request,
    messages: kept,
    ...(stopsThinking ? { rest: unthinking(request, rule) } : {}),
  };
}

const fieldsKey = "additionalModelRequestFields";

function unthinking(request: CanonicalRequest, rule: ReasoningRule): CanonicalRequest["rest"] {
  const { dialect, rest } = request;
  const own = ownWords(request);
  const off = withMembers(own, withThinkingOff(own, rule));
  if (dialect === "gemini") {
    return withMembers(rest, new Map([[geminiThinkingKey, { thinkingBudget: 0 }]]));
  }
  return dialect === "bedrock" ? withMembers(rest, new Map([[fieldsKey, off]])) : off;
}

/** No prototype, as `rest` has none: any key is inert. */
function withMembers(object: JsonObject, members: ReadonlyMap<string, unknown>): JsonObject {
  const changed: Record<string, unknown> = Object.create(null);
  for (const key in object) changed[key] = object[key];
  for (const [key, value] of members) changed[key] = value;
  return changed;
}
