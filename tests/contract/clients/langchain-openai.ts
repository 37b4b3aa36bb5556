import { ContextOverflowError } from "@langchain/core/errors";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import type { AIMessageChunk, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { ChatOpenAICompletions } from "@langchain/openai";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import {
  answerCalling,
  lacksOf,
  type Access,
  type Answer,
  type AskedPart,
  type AskOptions,
  type ContractClient,
  type ExpectedError,
  type OpenClient,
  type Question,
  type SeenFailure,
  type SeenUsage,
  type ToolCall,
  type Turn,
} from "./contract-client.ts";
import { openaiClass, openaiFailure } from "./openai-errors.ts";

/** `@langchain/openai`, chat completions. */
export const langchainOpenai: OpenClient = (access) => new LangchainOpenai(access);

class LangchainOpenai implements ContractClient {
  readonly name = "langchain openai";
  readonly surface = "openai.chat";
  readonly endings = {
    stop: "stop",
    length: "length",
    tool: "tool_calls",
    sequence: "stop",
    filter: "content_filter",
  };
  readonly lacks = lacksOf(
    "bearer",
    "choices",
    "cachePoint",
    "thinking",
    "documentUrl",
    "toolImage",
  );
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const asked = messagesOf(question);
    return answerOf(await this.#modelFor(question).invoke(asked, optionsOf(question, signal)));
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const asked = messagesOf(question);
    const chunks = await this.#modelFor(question).stream(asked, optionsOf(question, signal));
    let whole: AIMessageChunk | null = null;
    for await (const chunk of chunks) {
      whole = whole === null ? chunk : concat(whole, chunk);
      if (chunk.text !== "") onPiece?.({ kind: "text", text: chunk.text });
      for (const { args } of chunk.tool_call_chunks ?? []) {
        onPiece?.({ kind: "tool", text: args ?? "" });
      }
    }
    if (whole === null) throw new Error("The stream ended without a chunk");
    return answerOf(whole);
  }

  called({ id, name, input }: ToolCall): Answer {
    // The library takes any object for arguments.
    const args = input as Record<string, unknown>;
    const native = new AIMessage({ content: "", tool_calls: [{ id, name, args }] });
    return answerCalling({ id, name, input }, native);
  }

  failureOf(error: unknown): SeenFailure {
    // Its own name for one code; the SDK's error is the cause.
    return openaiFailure(error instanceof ContextOverflowError ? error.cause : error);
  }

  classOf(status: number): string {
    return openaiClass(status);
  }

  streamErrorOf(code: Code): ExpectedError {
    return { name: "APIError", type: codes[code].openai[1] };
  }

  close(): void {}

  #modelFor({ model, ending }: Question): ChatOpenAICompletions {
    const { url, key, retries } = this.#access;
    return new ChatOpenAICompletions({
      model,
      apiKey: key,
      maxRetries: retries,
      streamUsage: true,
      configuration: { baseURL: `${url}/v1` },
      ...(ending?.maxTokens === undefined ? {} : { maxTokens: ending.maxTokens }),
      ...(ending?.stop === undefined ? {} : { stop: [...ending.stop] }),
    });
  }
}

const optionsOf = ({ tools, schema }: Question, signal: AbortSignal | undefined) => ({
  ...(signal === undefined ? {} : { signal }),
  ...(tools === undefined
    ? {}
    : {
        tools: tools.map(({ name, description, schema: parameters }) => ({
          type: "function" as const,
          function: { name, description, parameters: { ...parameters } },
        })),
      }),
  ...(schema === undefined
    ? {}
    : {
        response_format: {
          type: "json_schema" as const,
          json_schema: { name: "asked", strict: true, schema: { ...schema } },
        },
      }),
});

function messagesOf({ system, turns }: Question): BaseMessage[] {
  const instruction = system === undefined ? [] : [new SystemMessage(system)];
  return [...instruction, ...turns.flatMap(turnOf)];
}

function turnOf(turn: Turn): BaseMessage[] {
  switch (turn.by) {
    case "user":
      return [new HumanMessage({ content: turn.parts.map(partOf) })];
    case "model":
      // The driver's own: the message of an earlier answer.
      return [turn.answer.native as AIMessage];
    case "tools":
      return turn.results.map(
        ({ call, text }) => new ToolMessage({ content: text, tool_call_id: call.id }),
      );
  }
}

function partOf(part: AskedPart) {
  switch (part.kind) {
    case "text":
      return { type: "text" as const, text: part.text };
    case "image":
      return {
        type: "image_url" as const,
        image_url: { url: `data:${part.mediaType};base64,${part.base64}` },
      };
    case "document":
      return {
        type: "file" as const,
        file: {
          filename: part.name,
          file_data: `data:${part.mediaType};base64,${part.base64}`,
        },
      };
    case "imageUrl":
      return { type: "image_url" as const, image_url: { url: part.url } };
    case "documentUrl":
    case "cachePoint":
      throw new Error(`OpenAI's chat has no words for ${part.kind}`);
  }
}

function answerOf(message: AIMessage | AIMessageChunk): Answer {
  const { finish_reason: ended } = message.response_metadata;
  return {
    text: message.text,
    toolCalls: (message.tool_calls ?? []).map(({ id = "", name, args: input }) => ({
      id,
      name,
      input,
    })),
    ended: typeof ended === "string" ? ended : null,
    usage: usageOf(message.usage_metadata),
    reasoning: null,
    native: message,
  };
}

function usageOf(usage: UsageMetadata | undefined): SeenUsage | null {
  if (usage === undefined) return null;
  const cacheRead = usage.input_token_details?.cache_read ?? 0;
  return {
    input: usage.input_tokens - cacheRead,
    cacheRead,
    cacheWrite: null,
    output: usage.output_tokens,
    reasoning: usage.output_token_details?.reasoning ?? null,
  };
}
