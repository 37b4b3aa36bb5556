import type { ConverseCommandOutput, ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Boto3Error, type Boto3Process, type RunOptions } from "./boto3-process.ts";
import { converseEndings } from "./aws-sdk.ts";
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

/** `boto3`, Converse: Python's own client, driven line by line. */
export const boto3 =
  (python: Boto3Process, credential: "bearer" | "sigv4"): OpenClient =>
  ({ url, key, pair, retries }) =>
    new Boto3(python, {
      credential,
      settings: { url, key, pair: credential === "sigv4" ? pair : null, retries },
    });

class Boto3 implements ContractClient {
  readonly name: string;
  readonly surface = "bedrock.converse";
  readonly endings = converseEndings;
  readonly lacks: ReadonlySet<Lack>;
  readonly #python: Boto3Process;
  readonly #settings: Access;

  constructor(
    python: Boto3Process,
    { credential, settings }: { credential: "bearer" | "sigv4"; settings: Access },
  ) {
    this.name = `boto3 ${credential}`;
    this.lacks = lacksOf(credential, "choices", "imageUrl", "documentUrl", "leaving");
    this.#python = python;
    this.#settings = settings;
  }

  async ask(question: Question): Promise<Answer> {
    const done = await this.#run("ask", question, { onEvent() {} });
    // What the client handed to its caller: the same members as in JavaScript.
    return answerOfConverse(done as ConverseCommandOutput);
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const answer = new ConverseStreamAnswer();
    await this.#run("stream", question, {
      ...(signal === undefined ? {} : { signal }),
      onEvent(event) {
        // An event as the client handed it to its caller.
        const piece = answer.take(event as ConverseStreamOutput);
        if (piece !== null) onPiece?.(piece);
      },
    });
    return answer.answer();
  }

  #run(how: "ask" | "stream", question: Question, options: RunOptions): Promise<unknown> {
    const input = converseInput(question);
    return this.#python.run({ how, settings: this.#settings, input }, options);
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

  close(): void {}
}

const unmodelled = new Set([
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);
