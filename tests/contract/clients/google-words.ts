import type {
  Content,
  GenerateContentConfig,
  GenerateContentParameters,
  GenerateContentResponse,
  GenerateContentResponseUsageMetadata,
  Part,
} from "@google/genai";
import type { Answer, AskedPart, Question, SeenUsage, Turn } from "./contract-client.ts";

/** What an answer of Gemini's is to a program: whole, or all its chunks. */
export function answerOf(chunks: readonly GenerateContentResponse[]): Answer {
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const thought = parts.filter((part) => part.thought === true);
  const ended = chunks.map(({ candidates }) => candidates?.[0]?.finishReason).findLast(isGiven);
  return {
    text: parts.map((part) => (part.thought === true ? "" : (part.text ?? ""))).join(""),
    toolCalls: parts.flatMap(({ functionCall: call }) =>
      call === undefined
        ? []
        : [{ id: call.id ?? "", name: call.name ?? "", input: call.args ?? {} }],
    ),
    ended: ended ?? null,
    usage: usageOf(chunks.map(({ usageMetadata }) => usageMetadata).findLast(isGiven)),
    reasoning:
      thought.length === 0
        ? null
        : {
            text: thought.map(({ text }) => text ?? "").join(""),
            isSigned: parts.some(({ thoughtSignature }) => isGiven(thoughtSignature)),
          },
    native: { role: "model", parts },
  };
}

const isGiven = <T>(value: T | undefined): value is T => value !== undefined;

function usageOf(usage: GenerateContentResponseUsageMetadata | undefined): SeenUsage | null {
  if (usage === undefined) return null;
  const cacheRead = usage.cachedContentTokenCount ?? 0;
  const reasoning = usage.thoughtsTokenCount ?? 0;
  return {
    input: (usage.promptTokenCount ?? 0) - cacheRead,
    cacheRead,
    // Counted in the prompt, and told of nowhere.
    cacheWrite: 0,
    output: (usage.candidatesTokenCount ?? 0) + reasoning,
    reasoning,
  };
}

/** A question in Gemini's words. */
export function generateBody(question: Question, signal?: AbortSignal): GenerateContentParameters {
  const { model, turns } = question;
  const config = { ...configOf(question), ...(signal ? { abortSignal: signal } : {}) };
  return { model, contents: turns.map(contentOf), config };
}

const configOf = (question: Question): GenerateContentConfig => {
  const { system, tools, ending, schema, thinkingTokens, choices } = question;
  return {
    ...(system === undefined ? {} : { systemInstruction: system }),
    ...(tools === undefined
      ? {}
      : {
          tools: [
            {
              functionDeclarations: tools.map(({ name, description, schema: given }) => ({
                name,
                description,
                parametersJsonSchema: given,
              })),
            },
          ],
        }),
    ...(ending?.maxTokens === undefined ? {} : { maxOutputTokens: ending.maxTokens }),
    ...(ending?.stop === undefined ? {} : { stopSequences: [...ending.stop] }),
    ...(schema === undefined
      ? {}
      : { responseMimeType: "application/json", responseJsonSchema: schema }),
    ...(thinkingTokens === undefined
      ? {}
      : { thinkingConfig: { includeThoughts: true, thinkingBudget: thinkingTokens } }),
    ...(choices === undefined ? {} : { candidateCount: choices }),
  };
};

function contentOf(turn: Turn): Content {
  switch (turn.by) {
    case "user":
      return { role: "user", parts: turn.parts.map(partOf) };
    case "model":
      // The driver's own: the content of an earlier answer.
      return turn.answer.native as Content;
    case "tools":
      return {
        role: "user",
        parts: turn.results.map(({ call: { id, name }, text, image }) => ({
          functionResponse: {
            id,
            name,
            response: { output: text },
            ...(image === undefined
              ? {}
              : { parts: [{ inlineData: { mimeType: "image/png", data: image } }] }),
          },
        })),
      };
  }
}

function partOf(part: AskedPart): Part {
  switch (part.kind) {
    case "text":
      return { text: part.text };
    case "image":
    case "document":
      return { inlineData: { mimeType: part.mediaType, data: part.base64 } };
    case "imageUrl":
      return { fileData: { mimeType: "image/png", fileUri: part.url } };
    case "documentUrl":
      return { fileData: { mimeType: "application/pdf", fileUri: part.url } };
    case "cachePoint":
      throw new Error("Gemini has no words for a cache point");
  }
}
