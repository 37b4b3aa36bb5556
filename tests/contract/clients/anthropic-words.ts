import type Anthropic from "@anthropic-ai/sdk";
import type { Answer, AskedPart, Question, SeenUsage, Turn } from "./contract-client.ts";

export type MessagesBody = Anthropic.MessageCreateParamsNonStreaming;
type Block = Anthropic.ContentBlockParam;

/** What a message of Anthropic's is to a program. */
export function answerOf(message: Anthropic.Message): Answer {
  const { content, usage } = message;
  const thought = content.flatMap((block) => (block.type === "thinking" ? [block] : []));
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    toolCalls: content.flatMap((block) =>
      block.type === "tool_use" ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    ended: message.stop_reason,
    usage: usageOf(usage),
    reasoning:
      thought.length === 0
        ? null
        : {
            text: thought.map(({ thinking }) => thinking).join(""),
            isSigned: thought.every(({ signature }) => signature !== ""),
          },
    native: { role: "assistant", content },
  };
}

const usageOf = (usage: Anthropic.Usage): SeenUsage => ({
  input: usage.input_tokens,
  cacheRead: usage.cache_read_input_tokens ?? 0,
  cacheWrite: usage.cache_creation_input_tokens ?? 0,
  output: usage.output_tokens,
  reasoning: null,
});

/** A question in Anthropic's words. */
export function messagesBody(question: Question): MessagesBody {
  const { model, turns, system, tools, ending, schema, thinkingTokens } = question;
  return {
    model,
    max_tokens: ending?.maxTokens ?? 4096,
    messages: turns.map(messageOf),
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, schema: given }) => ({
            name,
            description,
            input_schema: { ...given, required: [...given.required] },
          })),
        }),
    ...(ending?.stop === undefined ? {} : { stop_sequences: [...ending.stop] }),
    ...(schema === undefined
      ? {}
      : { output_config: { format: { type: "json_schema", schema: { ...schema } } } }),
    ...(thinkingTokens === undefined
      ? {}
      : { thinking: { type: "enabled", budget_tokens: thinkingTokens } }),
  };
}

function messageOf(turn: Turn): Anthropic.MessageParam {
  switch (turn.by) {
    case "user":
      return { role: "user", content: blocksOf(turn.parts) };
    case "model":
      // The driver's own: the message of an earlier answer.
      return turn.answer.native as Anthropic.MessageParam;
    case "tools":
      return {
        role: "user",
        content: turn.results.map(({ call, text, image }) => ({
          type: "tool_result",
          tool_use_id: call.id,
          content:
            image === undefined
              ? text
              : [
                  { type: "text", text },
                  {
                    type: "image",
                    source: { type: "base64", media_type: "image/png", data: image },
                  },
                ],
        })),
      };
  }
}

/** A cache point is a mark on the block before it. */
function blocksOf(parts: readonly AskedPart[]): Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    if (part.kind !== "cachePoint") blocks.push(blockOf(part));
    else {
      const last = blocks.pop();
      // Text, images and documents can be marked; the parts above are nothing else.
      if (last) blocks.push({ ...last, cache_control: { type: "ephemeral" } } as Block);
    }
  }
  return blocks;
}

function blockOf(part: Exclude<AskedPart, { kind: "cachePoint" }>): Block {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return {
        type: "image",
        source: { type: "base64", media_type: part.mediaType, data: part.base64 },
      };
    case "imageUrl":
      return { type: "image", source: { type: "url", url: part.url } };
    case "documentUrl":
      return { type: "document", source: { type: "url", url: part.url } };
    case "document":
      return {
        type: "document",
        title: part.name,
        source: { type: "base64", media_type: part.mediaType, data: part.base64 },
      };
  }
}
