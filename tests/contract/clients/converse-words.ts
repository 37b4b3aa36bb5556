import type { ContentBlock, ConverseCommandInput, Message } from "@aws-sdk/client-bedrock-runtime";
import type { AskedPart, Question, Turn } from "./contract-client.ts";

/** A question in Converse's words. */
export function converseInput(question: Question): ConverseCommandInput {
  const { model, turns, system, tools, ending, schema, thinkingTokens } = question;
  return {
    modelId: model,
    messages: turns.map(messageOf),
    ...(system === undefined ? {} : { system: [{ text: system }] }),
    ...(ending === undefined
      ? {}
      : {
          inferenceConfig: {
            maxTokens: ending.maxTokens,
            stopSequences: ending.stop === undefined ? undefined : [...ending.stop],
          },
        }),
    ...(tools === undefined
      ? {}
      : {
          toolConfig: {
            tools: tools.map(({ name, description, schema: given }) => ({
              toolSpec: { name, description, inputSchema: { json: jsonOf(given) } },
            })),
          },
        }),
    ...(schema === undefined
      ? {}
      : {
          outputConfig: {
            textFormat: {
              type: "json_schema" as const,
              structure: { jsonSchema: { name: "asked", schema: JSON.stringify(schema) } },
            },
          },
        }),
    ...(thinkingTokens === undefined
      ? {}
      : {
          additionalModelRequestFields: {
            thinking: { type: "enabled", budget_tokens: thinkingTokens },
          },
        }),
  };
}

/** The same value as the SDK's type for documents, which knows no read-only members. */
const jsonOf = (value: object) => structuredClone(value) as Record<string, never>;

function messageOf(turn: Turn): Message {
  switch (turn.by) {
    case "user":
      return { role: "user", content: turn.parts.map(blockOf) };
    case "model":
      // The driver's own: the message of an earlier answer.
      return turn.answer.native as Message;
    case "tools":
      return {
        role: "user",
        content: turn.results.map(({ call, text, image }) => ({
          toolResult: {
            toolUseId: call.id,
            content: [{ text }, ...(image === undefined ? [] : [imageOf(image)])],
            status: "success" as const,
          },
        })),
      };
  }
}

function blockOf(part: AskedPart): ContentBlock {
  switch (part.kind) {
    case "text":
      return { text: part.text };
    case "cachePoint":
      return { cachePoint: { type: "default" } };
    case "imageUrl":
    case "documentUrl":
      throw new Error(`Converse has no words for ${part.kind}`);
    case "image":
      return imageOf(part.base64);
    case "document":
      return {
        document: {
          format: "pdf",
          name: part.name,
          source: { bytes: Buffer.from(part.base64, "base64") },
        },
      };
  }
}

const imageOf = (base64: string) => ({
  image: { format: "png" as const, source: { bytes: Buffer.from(base64, "base64") } },
});
