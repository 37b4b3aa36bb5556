import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { Surface } from "@sekisho/gateway/request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import {
  answerCalling,
  lacksOf,
  type Access,
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
import { answerOfConverse, ConverseStreamAnswer } from "./converse-answer.ts";
import { converseInput } from "./converse-words.ts";
import { streamExceptionOf } from "./stream-exception.ts";

export type AwsProtocol = "h1" | "h2";
export type AwsCredential = "bearer" | "sigv4";

/** The client of AWS: it speaks HTTP/2 unless it is given another handler. */
export function bedrockRuntime(
  { url, key, pair, retries }: Access,
  protocol: AwsProtocol,
  credential: AwsCredential,
): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: url,
    region: "us-east-1",
    maxAttempts: retries + 1,
    ...(protocol === "h1" ? { requestHandler: new NodeHttpHandler() } : {}),
    ...(credential === "bearer"
      ? { token: { token: key }, authSchemePreference: ["httpBearerAuth"] }
      : {
          credentials: { accessKeyId: "", secretAccessKey: "", ...pair },
          authSchemePreference: ["sigv4"],
        }),
  });
}

/** `@aws-sdk/client-bedrock-runtime`, Converse. */
export const awsSdk =
  (protocol: AwsProtocol, credential: AwsCredential): OpenClient =>
  (access) =>
    new AwsSdk(
      `aws-sdk ${protocol} ${credential}`,
      credential,
      bedrockRuntime(access, protocol, credential),
    );

class AwsSdk implements ContractClient {
  readonly name: string;
  readonly surface = "bedrock.converse";
  readonly endings = converseEndings;
  readonly lacks: ReadonlySet<Lack>;
  readonly #client: BedrockRuntimeClient;

  constructor(name: string, credential: AwsCredential, client: BedrockRuntimeClient) {
    this.name = name;
    this.lacks = lacksOf(credential, "choices", "imageUrl", "documentUrl");
    this.#client = client;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { abortSignal: signal };
    return answerOfConverse(
      await this.#client.send(new ConverseCommand(converseInput(question)), options),
    );
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const options = signal === undefined ? {} : { abortSignal: signal };
    const command = new ConverseStreamCommand(converseInput(question));
    const { stream } = await this.#client.send(command, options);
    const answer = new ConverseStreamAnswer();
    for await (const event of stream ?? []) {
      const piece = answer.take(event);
      if (piece !== null) onPiece?.(piece);
    }
    return answer.answer();
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, {
      role: "assistant",
      content: [{ toolUse: { toolUseId: call.id, name: call.name, input: call.input } }],
    });
  }

  failureOf(error: unknown): SeenFailure {
    return awsFailure(error);
  }

  classOf(_status: number, type: string | null): string {
    return awsClassOf(type);
  }

  streamErrorOf(code: Code): ExpectedError {
    return awsStreamError(code, this.surface);
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Words of Converse and of every client that speaks it. */
export const converseEndings = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  sequence: "stop_sequence",
  filter: "content_filtered",
} as const;

/** An error of the client of AWS as a program sees it. */
export function awsFailure(error: unknown): SeenFailure {
  if (!(error instanceof BedrockRuntimeServiceException)) throw error;
  const headers: unknown = error.$response?.headers;
  const metadata: typeof error.$metadata | undefined = error.$metadata;
  return {
    name: error.constructor.name,
    // An exception in a stream has no answer of its own.
    status: metadata?.httpStatusCode ?? null,
    type: error.name,
    message: error.message,
    header:
      headers === undefined || headers === null
        ? undefined
        : // The SDK's response: names in lower case, values as text.
          (name) => (headers as Record<string, string>)[name] ?? null,
  };
}

/** Exceptions of AWS's front, which the client has no classes for. */
const unmodelled = new Set([
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

export const awsClassOf = (type: string | null): string =>
  type === null || unmodelled.has(type) ? "BedrockRuntimeServiceException" : type;

export function awsStreamError(code: Code, surface: Surface): ExpectedError {
  const exception = streamExceptionOf(code, surface);
  const name = exception.charAt(0).toUpperCase() + exception.slice(1);
  return { name, type: name };
}
