import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import OpenAI from "openai";
import {
  answerCalling,
  lacksOf,
  type Answer,
  type AskedPart,
  type AskOptions,
  type ContractClient,
  type ExpectedError,
  type OpenClient,
  type Question,
  type SeenFailure,
  type SeenUsage,
  type Turn,
  type ToolCall,
} from "./contract-client.ts";
import { openaiClass, openaiFailure } from "./openai-errors.ts";
import { StreamedCalls } from "./streamed-calls.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Body = Omit<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming, "stream">;

/** `openai`, chat completions. */
export const openaiSdk: OpenClient = ({ url, key, retries }) =>
  new OpenAiSdk(new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: retries }));

class OpenAiSdk implements ContractClient {
  readonly name = "openai";
  readonly surface = "openai.chat";
  readonly endings = {
    stop: "stop",
    length: "length",
    tool: "tool_calls",
    sequence: "stop",
    filter: "content_filter",
  };
  readonly lacks = lacksOf("bearer", "cachePoint", "thinking", "documentUrl", "toolImage");
  readonly #client: OpenAI;

  constructor(client: OpenAI) {
    this.#client = client;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const { choices, usage } = await this.#client.chat.completions.create(
      bodyOf(question),
      signal === undefined ? {} : { signal },
    );
    const [choice] = choices;
    return {
      text: choice?.message.content ?? "",
      toolCalls: (choice?.message.tool_calls ?? []).flatMap((call) =>
        call.type === "function"
          ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }]
          : [],
      ),
      ended: choice?.finish_reason ?? null,
      usage: usageOf(usage),
      reasoning: null,
      native: choice?.message,
    };
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const stream = await this.#client.chat.completions.create(
      { ...bodyOf(question), stream: true, stream_options: { include_usage: true } },
      signal === undefined ? {} : { signal },
    );
    let text = "";
    let ended: string | null = null;
    let usage: SeenUsage | null = null;
    const calls = new StreamedCalls();
    for await (const chunk of stream) {
      usage = usageOf(chunk.usage) ?? usage;
      const [choice] = chunk.choices;
      ended = choice?.finish_reason ?? ended;
      const content = choice?.delta.content ?? "";
      if (content !== "") onPiece?.({ kind: "text", text: content });
      text += content;
      for (const { index, id, function: called } of choice?.delta.tool_calls ?? []) {
        calls.begin(index, { id, name: called?.name });
        calls.add(index, called?.arguments ?? "");
        onPiece?.({ kind: "tool", text: called?.arguments ?? "" });
      }
    }
    const toolCalls = calls.whole();
    const native = { role: "assistant", content: text, tool_calls: toolCalls.map(asWritten) };
    return { text, toolCalls, ended, usage, reasoning: null, native };
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, { role: "assistant", tool_calls: [asWritten(call)] });
  }

  failureOf(error: unknown): SeenFailure {
    return openaiFailure(error);
  }

  classOf(status: number): string {
    return openaiClass(status);
  }

  streamErrorOf(code: Code): ExpectedError {
    return { name: "APIError", type: codes[code].openai[1] };
  }

  close(): void {}
}

const asWritten = ({ id, name, input }: Answer["toolCalls"][number]) => ({
  id,
  type: "function",
  function: { name, arguments: JSON.stringify(input) },
});

function bodyOf(question: Question): Body {
  const { model, turns, system, tools, ending, schema, choices } = question;
  return {
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      ...turns.flatMap(messagesOf),
    ],
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, schema: given }) => ({
            type: "function" as const,
            function: { name, description, parameters: { ...given } },
          })),
        }),
    ...(ending?.maxTokens === undefined ? {} : { max_tokens: ending.maxTokens }),
    ...(ending?.stop === undefined ? {} : { stop: [...ending.stop] }),
    ...(choices === undefined ? {} : { n: choices }),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { name: "asked", strict: true, schema: { ...schema } },
          },
        }),
  };
}

function messagesOf(turn: Turn): Message[] {
  switch (turn.by) {
    case "user":
      return [{ role: "user", content: turn.parts.map(partOf) }];
    case "model":
      // The driver's own: the message of an earlier answer.
      return [turn.answer.native as Message];
    case "tools":
      return turn.results.map(({ call, text }) => ({
        role: "tool",
        tool_call_id: call.id,
        content: text,
      }));
  }
}

function partOf(part: AskedPart): OpenAI.Chat.ChatCompletionContentPart {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return {
        type: "image_url",
        image_url: { url: `data:${part.mediaType};base64,${part.base64}` },
      };
    case "document":
      return {
        type: "file",
        file: {
          filename: part.name,
          file_data: `data:${part.mediaType};base64,${part.base64}`,
        },
      };
    case "imageUrl":
      return { type: "image_url", image_url: { url: part.url } };
    case "documentUrl":
    case "cachePoint":
      throw new Error(`OpenAI's chat has no words for ${part.kind}`);
  }
}

function usageOf(usage: OpenAI.CompletionUsage | null | undefined): SeenUsage | null {
  if (usage === null || usage === undefined) return null;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    input: usage.prompt_tokens - cacheRead,
    cacheRead,
    cacheWrite: null,
    output: usage.completion_tokens,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? null,
  };
}
