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
  type Piece,
  type Question,
  type SeenFailure,
  type SeenUsage,
  type ToolCall,
  type Turn,
} from "./contract-client.ts";
import { openaiClass, openaiFailure } from "./openai-errors.ts";

type Response = OpenAI.Responses.Response;
type Item = OpenAI.Responses.ResponseInputItem;
type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Event = OpenAI.Responses.ResponseStreamEvent;

/** `openai`, responses: whole by `create`, streams by its helper, which checks their order. */
export const openaiResponses: OpenClient = ({ url, key, retries }) =>
  new OpenAiResponses(new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: retries }));

class OpenAiResponses implements ContractClient {
  readonly name = "openai responses";
  readonly surface = "openai.responses";
  readonly endings = {
    stop: "completed",
    length: "max_output_tokens",
    tool: "completed",
    sequence: "completed",
    filter: "content_filter",
  };
  readonly lacks = lacksOf("bearer", "cachePoint", "thinking", "choices", "stop");
  readonly #client: OpenAI;

  constructor(client: OpenAI) {
    this.#client = client;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { signal };
    return answerOf(await this.#client.responses.create(bodyOf(question), options));
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { signal };
    const stream = this.#client.responses.stream({ ...bodyOf(question), stream: true }, options);
    for await (const event of stream) {
      const piece = pieceOf(event);
      if (piece !== null) onPiece?.(piece);
    }
    return answerOf(await stream.finalResponse());
  }

  called(call: ToolCall): Answer {
    const { id, name, input } = call;
    return answerCalling(call, [
      { type: "function_call", call_id: id, name, arguments: JSON.stringify(input) },
    ]);
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

function pieceOf(event: Event): Piece | null {
  const { type } = event;
  if (type === "response.output_text.delta") return { kind: "text", text: event.delta };
  if (type === "response.function_call_arguments.delta") return { kind: "tool", text: event.delta };
  return type === "response.reasoning_summary_text.delta"
    ? { kind: "reasoning", text: event.delta }
    : null;
}

function answerOf(response: Response): Answer {
  const { output, status, incomplete_details: incomplete } = response;
  const reasoning = output.filter((item) => item.type === "reasoning");
  return {
    text: response.output_text,
    toolCalls: output.flatMap((item) =>
      item.type === "function_call"
        ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }]
        : [],
    ),
    ended: incomplete?.reason ?? status ?? null,
    usage: usageOf(response.usage),
    reasoning:
      reasoning.length === 0
        ? null
        : {
            text: reasoning.flatMap(({ summary }) => summary.map(({ text }) => text)).join(""),
            isSigned: reasoning.every((item) => (item.encrypted_content ?? "") !== ""),
          },
    native: output,
  };
}

function usageOf(usage: OpenAI.Responses.ResponseUsage | null | undefined): SeenUsage | null {
  if (usage === null || usage === undefined) return null;
  const { cached_tokens: cacheRead } = usage.input_tokens_details;
  return {
    input: usage.input_tokens - cacheRead,
    cacheRead,
    cacheWrite: null,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
  };
}

function bodyOf(question: Question): Body {
  const { model, turns, system, tools, ending, schema } = question;
  return {
    model,
    input: turns.flatMap(itemsOf),
    ...(system === undefined ? {} : { instructions: system }),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, schema: given }) => ({
            type: "function" as const,
            name,
            description,
            parameters: { ...given },
            strict: false,
          })),
        }),
    ...(ending?.maxTokens === undefined ? {} : { max_output_tokens: ending.maxTokens }),
    ...(schema === undefined
      ? {}
      : {
          text: {
            format: { type: "json_schema", name: "asked", strict: true, schema: { ...schema } },
          },
        }),
  };
}

function itemsOf(turn: Turn): Item[] {
  switch (turn.by) {
    case "user":
      return [{ role: "user", content: turn.parts.map(partOf) }];
    case "model":
      // The driver's own: the output of an earlier answer.
      return turn.answer.native as Item[];
    case "tools":
      return turn.results.map(({ call, text, image }) => ({
        type: "function_call_output",
        call_id: call.id,
        output:
          image === undefined
            ? text
            : [
                { type: "input_text", text },
                { type: "input_image", image_url: `data:image/png;base64,${image}` },
              ],
      }));
  }
}

function partOf(part: AskedPart): OpenAI.Responses.ResponseInputContent {
  switch (part.kind) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image":
      return {
        type: "input_image",
        detail: "auto",
        image_url: `data:${part.mediaType};base64,${part.base64}`,
      };
    case "document":
      return {
        type: "input_file",
        filename: part.name,
        file_data: `data:${part.mediaType};base64,${part.base64}`,
      };
    case "imageUrl":
      return { type: "input_image", detail: "auto", image_url: part.url };
    case "documentUrl":
      return { type: "input_file", file_url: part.url };
    case "cachePoint":
      throw new Error("The matrix has no words for cache points in responses");
  }
}
