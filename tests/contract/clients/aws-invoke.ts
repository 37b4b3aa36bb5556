import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type BedrockRuntimeClient,
} from "@aws-sdk/client-bedrock-runtime";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type Anthropic from "@anthropic-ai/sdk";
import { answerOf, messagesBody } from "./anthropic-words.ts";
import {
  awsClassOf,
  awsFailure,
  awsStreamError,
  bedrockRuntime,
  type AwsCredential,
  type AwsProtocol,
} from "./aws-sdk.ts";
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
import { MessageSum } from "./message-sum.ts";

/** `@aws-sdk/client-bedrock-runtime`, InvokeModel with a body as Claude's models take it. */
export const awsInvoke =
  (protocol: AwsProtocol, credential: AwsCredential): OpenClient =>
  (access) =>
    new AwsInvoke(
      `aws-sdk invoke ${protocol} ${credential}`,
      credential,
      bedrockRuntime(access, protocol, credential),
    );

class AwsInvoke implements ContractClient {
  readonly name: string;
  readonly surface = "bedrock.invoke";
  readonly endings = {
    stop: "end_turn",
    length: "max_tokens",
    tool: "tool_use",
    sequence: "stop_sequence",
    filter: "refusal",
  };
  readonly lacks: ReadonlySet<Lack>;
  readonly #client: BedrockRuntimeClient;

  constructor(name: string, credential: AwsCredential, client: BedrockRuntimeClient) {
    this.name = name;
    this.lacks = lacksOf(credential, "choices");
    this.#client = client;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const { body } = await this.#client.send(
      new InvokeModelCommand(inputOf(question)),
      signal === undefined ? {} : { abortSignal: signal },
    );
    // A message of Anthropic's: what these models answer.
    return answerOf(JSON.parse(body.transformToString()) as Anthropic.Message);
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const { body } = await this.#client.send(
      new InvokeModelWithResponseStreamCommand(inputOf(question)),
      signal === undefined ? {} : { abortSignal: signal },
    );
    const sum = new MessageSum();
    for await (const { chunk } of body ?? []) {
      if (chunk?.bytes === undefined) continue;
      // An event of Anthropic's: what these models stream.
      const event = JSON.parse(
        Buffer.from(chunk.bytes).toString(),
      ) as Anthropic.RawMessageStreamEvent;
      const piece = sum.take(event);
      if (piece !== null) onPiece?.(piece);
    }
    return answerOf(sum.message());
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, { role: "assistant", content: [{ type: "tool_use", ...call }] });
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

function inputOf(question: Question) {
  const { model, ...body } = messagesBody(question);
  return {
    modelId: model,
    contentType: "application/json",
    accept: "application/json",
    body: JSON.stringify({ anthropic_version: "bedrock-2023-05-31", ...body }),
  };
}
