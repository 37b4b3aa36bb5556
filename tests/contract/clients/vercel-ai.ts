import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import {
  APICallError,
  generateText,
  StreamProviderError,
  streamText,
  type LanguageModel,
  type TextStreamPart,
  type ToolSet,
} from "ai";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  answerCalling,
  lacksOf,
  type Answer,
  type AskOptions,
  type ContractClient,
  type ExpectedError,
  type Lack,
  type OpenClient,
  type Piece,
  type Question,
  type SeenFailure,
  type ToolCall,
} from "./contract-client.ts";
import { streamExceptionOf } from "./stream-exception.ts";
import { answerOfAi, aiPrompt } from "./vercel-words.ts";

/** `ai` with `@ai-sdk/openai`, chat completions. */
export const vercelOpenai: OpenClient = ({ url, key, retries }) => {
  const provider = createOpenAI({ apiKey: key, baseURL: `${url}/v1` });
  return new VercelAi(
    {
      name: "vercel openai",
      surface: "openai.chat",
      lacks: lacksOf("bearer", "choices", "cachePoint", "thinking", "documentUrl", "toolImage"),
    },
    (model) => provider.chat(model),
    retries,
  );
};

/**
 * `ai` with `@ai-sdk/openai` as it is, responses. It takes for granted that answers are kept, and
 * refers to them in the next turn; `store: false` is its own word for that they are not.
 */
export const vercelResponses: OpenClient = ({ url, key, retries }) => {
  const provider = createOpenAI({ apiKey: key, baseURL: `${url}/v1` });
  return new VercelAi(
    {
      name: "vercel openai responses",
      surface: "openai.responses",
      lacks: lacksOf("bearer", "choices", "cachePoint", "thinking", "stop"),
    },
    (model) => provider(model),
    retries,
  );
};

/** `ai` with `@ai-sdk/anthropic`: its key goes in `x-api-key`. */
export const vercelAnthropic: OpenClient = ({ url, key, retries }) => {
  const provider = createAnthropic({ apiKey: key, baseURL: `${url}/v1` });
  return new VercelAi(
    {
      name: "vercel anthropic",
      surface: "anthropic.messages",
      lacks: lacksOf("bearer", "choices"),
    },
    (model) => provider(model),
    retries,
  );
};

/** `ai` with `@ai-sdk/amazon-bedrock` and a key of Bedrock's. */
export const vercelBedrock: OpenClient = ({ url, key, retries }) => {
  const provider = createAmazonBedrock({ apiKey: key, baseURL: url, region: "us-east-1" });
  return new VercelAi(
    {
      name: "vercel bedrock bearer",
      surface: "bedrock.converse",
      lacks: lacksOf("bearer", "choices", "imageUrl", "documentUrl"),
    },
    (model) => provider(model),
    retries,
  );
};

/** `ai` with `@ai-sdk/amazon-bedrock`, its requests signed. */
export const vercelBedrockSigned: OpenClient = ({ url, pair, retries }) => {
  const provider = createAmazonBedrock({
    accessKeyId: "",
    secretAccessKey: "",
    ...pair,
    baseURL: url,
    region: "us-east-1",
  });
  return new VercelAi(
    {
      name: "vercel bedrock sigv4",
      surface: "bedrock.converse",
      lacks: lacksOf("sigv4", "choices", "imageUrl", "documentUrl"),
    },
    (model) => provider(model),
    retries,
  );
};

type AiSurface = "openai.chat" | "openai.responses" | "anthropic.messages" | "bedrock.converse";

class VercelAi implements ContractClient {
  readonly name: string;
  readonly surface: AiSurface;
  readonly endings = {
    stop: "stop",
    length: "length",
    tool: "tool-calls",
    sequence: "stop",
    filter: "content-filter",
  };
  readonly lacks: ReadonlySet<Lack>;
  readonly #modelOf: (name: string) => LanguageModel;
  readonly #retries: number;

  constructor(
    is: Pick<VercelAi, "name" | "surface" | "lacks">,
    modelOf: (name: string) => LanguageModel,
    retries: number,
  ) {
    this.name = is.name;
    this.surface = is.surface;
    this.lacks = is.lacks;
    this.#modelOf = modelOf;
    this.#retries = retries;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    return answerOfAi(await generateText(this.#options(question, signal)));
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    // What goes wrong is a part of the stream; without a handler it is printed as well.
    const result = streamText({ ...this.#options(question, signal), onError() {} });
    for await (const part of result.fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw new DOMException("The stream was aborted", "AbortError");
      const piece = pieceOf(part);
      if (piece !== null) onPiece?.(piece);
    }
    return answerOfAi({
      text: await result.text,
      toolCalls: await result.toolCalls,
      finishReason: await result.finishReason,
      usage: await result.usage,
      reasoning: await result.reasoning,
      responseMessages: await result.responseMessages,
    });
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, [
      {
        role: "assistant",
        content: [
          { type: "tool-call", toolCallId: call.id, toolName: call.name, input: call.input },
        ],
      },
    ]);
  }

  failureOf(error: unknown): SeenFailure {
    if (APICallError.isInstance(error)) {
      const { statusCode, responseHeaders, responseBody, message } = error;
      return {
        name: error.name,
        status: statusCode ?? null,
        type: typeIn(responseBody, responseHeaders),
        message,
        header: (name) => responseHeaders?.[name] ?? null,
      };
    }
    if (!StreamProviderError.isInstance(error)) throw error;
    const { type, code, message } = error;
    const word = this.surface.startsWith("openai.") ? code : type;
    return {
      name: error.name,
      status: null,
      type: word === undefined ? null : String(word),
      message,
      header: undefined,
    };
  }

  classOf(): string {
    return "AI_APICallError";
  }

  streamErrorOf(code: Code): ExpectedError {
    const type = {
      "openai.chat": codes[code].openai[1],
      "openai.responses": codes[code].openai[1],
      "anthropic.messages": codes[code].anthropic[0],
      "bedrock.converse": streamExceptionOf(code, this.surface),
    }[this.surface];
    return { name: "AI_StreamProviderError", type };
  }

  close(): void {}

  #options(question: Question, signal: AbortSignal | undefined) {
    return {
      model: this.#modelOf(question.model),
      maxRetries: this.#retries,
      ...aiPrompt(question),
      ...(this.surface === "openai.responses" ? notKept : {}),
      ...(signal === undefined ? {} : { abortSignal: signal }),
    };
  }
}

const notKept = { providerOptions: { openai: { store: false } } };

function pieceOf(part: TextStreamPart<ToolSet>): Piece | null {
  if (part.type === "text-delta") return { kind: "text", text: part.text };
  if (part.type === "reasoning-delta") return { kind: "reasoning", text: part.text };
  return part.type === "tool-input-delta" ? { kind: "tool", text: part.delta } : null;
}

/** The library keeps the body as text; a program that wants the type looks there. */
function typeIn(body: string | undefined, headers: Record<string, string> | undefined) {
  const exception = headers?.["x-amzn-errortype"];
  if (exception !== undefined) return exception;
  try {
    return typeOfValue(JSON.parse(body ?? ""));
  } catch {
    return null;
  }
}

function typeOfValue(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if ("error" in value) return typeOfValue(value.error);
  // OpenAI's errors have both, and the code says more, even that there is none.
  if ("code" in value) return typeof value.code === "string" ? value.code : null;
  return "type" in value && typeof value.type === "string" ? value.type : null;
}
