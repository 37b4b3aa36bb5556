import type { ConverseCommandOutput, ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Boto3Process, Boto3Error } from "./boto3-process.ts";
import { converseEndings } from "./aws-sdk.ts";
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
import { answerOfConverse, ConverseStreamAnswer } from "./converse-answer.ts";
import { converseInput } from "./converse-words.ts";
import { streamExceptionOf } from "./stream-exception.ts";

/** `boto3`, Converse: Python's own client, driven line by line. */
export const boto3 =
  (credential: "bearer" | "sigv4"): OpenClient =>
  (access) =>
    new Boto3(
      credential,
      new Boto3Process({ ...access, pair: credential === "sigv4" ? access.pair : null }),
    );

class Boto3 implements ContractClient {
  readonly name: string;
  readonly surface = "bedrock.converse";
  readonly endings = converseEndings;
  readonly lacks: ReadonlySet<Lack>;
  readonly #process: Boto3Process;

  constructor(credential: "bearer" | "sigv4", process: Boto3Process) {
    this.name = `boto3 ${credential}`;
    this.lacks = lacksOf(credential, "choices", "imageUrl", "documentUrl");
    this.#process = process;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const input = converseInput(question);
    const done = await this.#process.run("ask", input, { onEvent() {}, ...(signal && { signal }) });
    // What the client handed to its caller: the same members as in JavaScript.
    return answerOfConverse(done as ConverseCommandOutput);
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const answer = new ConverseStreamAnswer();
    await this.#process.run("stream", converseInput(question), {
      ...(signal && { signal }),
      onEvent(event) {
        const piece = answer.take(event as ConverseStreamOutput);
        if (piece !== null) onPiece?.(piece);
      },
    });
    return answer.answer();
  }

  called(call: ToolCall): Answer {
    return answerCalling(call, {
      role: "assistant",
      content: [{ toolUse: { toolUseId: call.id, name: call.name, input: call.input } }],
    });
  }

  failureOf(error: unknown): SeenFailure {
    if (!(error instanceof Boto3Error)) throw error;
    return error.failure;
  }

  classOf(_status: number, type: string | null): string {
    return type === null || unmodelled.has(type) ? "ClientError" : type;
  }

  streamErrorOf(code: Code): ExpectedError {
    return { name: "EventStreamError", type: streamExceptionOf(code, this.surface) };
  }

  close(): void {
    this.#process.close();
  }
}

const unmodelled = new Set([
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);
