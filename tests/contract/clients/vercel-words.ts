import {
  jsonSchema,
  Output,
  tool,
  type LanguageModelUsage,
  type ModelMessage,
  type ToolSet,
  type UserContent,
} from "ai";
import type { Answer, AskedPart, Question, SeenUsage, Turn } from "./contract-client.ts";

type Parts = Exclude<UserContent, string>;

/** What of an answer every one of the library's results has. */
export interface AiAnswer {
  readonly text: string;
  readonly toolCalls: readonly {
    readonly toolCallId: string;
    readonly toolName: string;
    readonly input: unknown;
  }[];
  readonly finishReason: string;
  readonly usage: LanguageModelUsage;
  readonly reasoning: readonly { readonly text?: string; readonly providerMetadata?: unknown }[];
  readonly responseMessages: readonly ModelMessage[];
}

/** What an answer is to a program. */
export const answerOfAi = (answer: AiAnswer): Answer => ({
  text: answer.text,
  toolCalls: answer.toolCalls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    name: toolName,
    input,
  })),
  ended: answer.finishReason,
  usage: usageOf(answer.usage),
  reasoning:
    answer.reasoning.length === 0
      ? null
      : {
          text: answer.reasoning.map(({ text }) => text ?? "").join(""),
          isSigned: answer.reasoning.every(({ providerMetadata }) =>
            /"signature":"[^"]/.test(JSON.stringify(providerMetadata ?? {})),
          ),
        },
  native: answer.responseMessages,
});

function usageOf(usage: LanguageModelUsage): SeenUsage {
  const { cacheReadTokens = 0, cacheWriteTokens = 0 } = usage.inputTokenDetails;
  return {
    input: (usage.inputTokens ?? 0) - cacheReadTokens - cacheWriteTokens,
    cacheRead: cacheReadTokens,
    cacheWrite: cacheWriteTokens,
    output: usage.outputTokens ?? 0,
    reasoning: usage.outputTokenDetails.reasoningTokens ?? null,
  };
}

/** Whose options a provider takes is in their names: one set serves every provider. */
const cachePoint = {
  anthropic: { cacheControl: { type: "ephemeral" } },
  amazonBedrock: { cachePoint: { type: "default" } },
};

const thinking = (budgetTokens: number) => ({
  anthropic: { thinking: { type: "enabled", budgetTokens } },
  amazonBedrock: { reasoningConfig: { type: "enabled", budgetTokens } },
});

/** A question in the library's words. */
export function aiPrompt(question: Question) {
  const { turns, system, tools, ending, schema, thinkingTokens } = question;
  return {
    messages: turns.flatMap((turn) => messagesOf(turn)),
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined
      ? {}
      : {
          tools: Object.fromEntries(
            tools.map(({ name, description, schema: given }) => [
              name,
              tool({
                description,
                inputSchema: jsonSchema({ ...given, required: [...given.required] }),
              }),
            ]),
          ) satisfies ToolSet,
        }),
    ...(ending?.maxTokens === undefined ? {} : { maxOutputTokens: ending.maxTokens }),
    ...(ending?.stop === undefined ? {} : { stopSequences: [...ending.stop] }),
    ...(schema === undefined
      ? {}
      : {
          output: Output.object({
            schema: jsonSchema({ ...schema, required: [...schema.required] }),
          }),
        }),
    ...(thinkingTokens === undefined ? {} : { providerOptions: thinking(thinkingTokens) }),
  };
}

function messagesOf(turn: Turn): ModelMessage[] {
  switch (turn.by) {
    case "user":
      return [{ role: "user", content: partsOf(turn.parts) }];
    case "model":
      // The driver's own: the messages of an earlier answer.
      return turn.answer.native as ModelMessage[];
    case "tools":
      return [
        {
          role: "tool",
          content: turn.results.map(({ call, text, image }) => ({
            type: "tool-result",
            toolCallId: call.id,
            toolName: call.name,
            output:
              image === undefined
                ? { type: "text", value: text }
                : {
                    type: "content",
                    value: [
                      { type: "text", text },
                      { type: "image-data", data: image, mediaType: "image/png" },
                    ],
                  },
          })),
        },
      ];
  }
}

/** A cache point is a mark on the part before it. */
function partsOf(asked: readonly AskedPart[]): Parts {
  const parts: Parts = [];
  for (const part of asked) {
    if (part.kind !== "cachePoint") parts.push(partOf(part));
    else {
      const last = parts.pop();
      if (last !== undefined) parts.push({ ...last, providerOptions: cachePoint });
    }
  }
  return parts;
}

function partOf(part: Exclude<AskedPart, { kind: "cachePoint" }>): Parts[number] {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image", image: part.base64, mediaType: part.mediaType };
    case "imageUrl":
      return { type: "image", image: new URL(part.url) };
    case "documentUrl":
      return { type: "file", data: new URL(part.url), mediaType: "application/pdf" };
    case "document":
      return {
        type: "file",
        data: part.base64,
        mediaType: part.mediaType,
        filename: part.name,
      };
  }
}
