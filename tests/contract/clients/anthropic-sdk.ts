import Anthropic from "@anthropic-ai/sdk";
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { answerOf, messagesBody } from "./anthropic-words.ts";
import {
  answerCalling,
  lacksOf,
  type Answer,
  type AskOptions,
  type ContractClient,
  type ExpectedError,
  type Lack,
  type OpenClient,
  type Question,
  type SeenFailure,
  type ToolCall,
} from "./contract-client.ts";
import { streamExceptionOf } from "./stream-exception.ts";

/** `@anthropic-ai/sdk`: its key goes as a bearer token. */
export const anthropicSdk: OpenClient = ({ url, key, retries }) =>
  new AnthropicSdk(
    { name: "anthropic-sdk", surface: "anthropic.messages", lacks: lacksOf("bearer", "choices") },
    new Anthropic({ apiKey: key, baseURL: url, maxRetries: retries }),
  );

/** `@anthropic-ai/bedrock-sdk` with a key of Bedrock's. */
export const anthropicBedrockSdk: OpenClient = ({ url, key, retries }) =>
  new AnthropicSdk(
    {
      name: "anthropic-bedrock-sdk bearer",
      surface: "bedrock.invoke",
      lacks: lacksOf("bearer", "choices"),
    },
    new AnthropicBedrock({
      apiKey: key,
      baseURL: url,
      awsRegion: "us-east-1",
      maxRetries: retries,
    }),
  );

/** `@anthropic-ai/bedrock-sdk`, its requests signed. */
export const anthropicBedrockSdkSigned: OpenClient = ({ url, pair, retries }) =>
  new AnthropicSdk(
    {
      name: "anthropic-bedrock-sdk sigv4",
      surface: "bedrock.invoke",
      lacks: lacksOf("sigv4", "choices"),
    },
    new AnthropicBedrock({
      apiKey: null,
      awsAccessKey: pair?.accessKeyId ?? "",
      awsSecretKey: pair?.secretAccessKey ?? "",
      baseURL: url,
      awsRegion: "us-east-1",
      maxRetries: retries,
    }),
  );

class AnthropicSdk implements ContractClient {
  readonly name: string;
  readonly surface: "anthropic.messages" | "bedrock.invoke";
  readonly endings = {
    stop: "end_turn",
    length: "max_tokens",
    tool: "tool_use",
    sequence: "stop_sequence",
    filter: "refusal",
  };
  readonly lacks: ReadonlySet<Lack>;
  readonly #messages: Pick<Anthropic["messages"], "create" | "stream">;

  constructor(
    is: Pick<AnthropicSdk, "name" | "surface" | "lacks">,
    client: { readonly messages: Pick<Anthropic["messages"], "create" | "stream"> },
  ) {
    this.name = is.name;
    this.surface = is.surface;
    this.lacks = is.lacks;
    this.#messages = client.messages;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { signal };
    return answerOf(await this.#messages.create(messagesBody(question), options));
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { signal };
    const stream = this.#messages.stream(messagesBody(question), options);
    for await (const event of stream) {
      if (event.type !== "content_block_delta") continue;
      const { delta } = event;
      if (delta.type === "text_delta") onPiece?.({ kind: "text", text: delta.text });
      else if (delta.type === "thinking_delta") {
        onPiece?.({ kind: "reasoning", text: delta.thinking });
      } else if (delta.type === "input_json_delta") {
        onPiece?.({ kind: "tool", text: delta.partial_json });
      }
    }
    return answerOf(await stream.finalMessage());
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, { role: "assistant", content: [{ type: "tool_use", ...call }] });
  }

  failureOf(error: unknown): SeenFailure {
    if (!(error instanceof Anthropic.APIError)) throw error;
    const { status, headers, type, message } = error;
    return {
      name: error.constructor.name,
      status: status ?? null,
      type,
      message,
      header: headers === undefined ? undefined : (name) => headers.get(name),
    };
  }

  classOf(status: number): string {
    return classes.get(status) ?? (status >= 500 ? "InternalServerError" : "APIError");
  }

  streamErrorOf(code: Code): ExpectedError {
    const isBedrock = this.surface === "bedrock.invoke";
    const type = isBedrock ? streamExceptionOf(code, this.surface) : codes[code].anthropic[0];
    return { name: "APIError", type };
  }

  close(): void {}
}

const classes: ReadonlyMap<number, string> = new Map([
  [400, "BadRequestError"],
  [401, "AuthenticationError"],
  [403, "PermissionDeniedError"],
  [404, "NotFoundError"],
  [408, "RequestTimeoutError"],
  [409, "ConflictError"],
  [413, "ContentTooLargeError"],
  [422, "UnprocessableEntityError"],
  [429, "RateLimitError"],
  [503, "ServiceUnavailableError"],
  [504, "GatewayTimeoutError"],
  [529, "OverloadedError"],
]);
