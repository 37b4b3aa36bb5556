import type { UpstreamHeaders, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { retryAfterMs } from "@sekisho/wire/framing/retry-after.ts";
import { ChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { chatProvider } from "@sekisho/wire/openai/codec.ts";
import type { AttemptFailure } from "../../attempt.ts";
import type { AttemptInput, AttemptSink, Provider, RunningAttempt } from "../../provider.ts";
import { decodedAnswer } from "../decoded-answer.ts";
import { DecodedStream } from "../decoded-stream.ts";
import { HttpAttempt, type AnswerReader, type HttpAttemptPorts } from "../http-attempt.ts";
import { relayedAnswer } from "../relayed-answer.ts";
import { RelayedStream } from "../relayed-stream.ts";
import { WholeAnswer } from "../whole-answer.ts";
import { requestBody } from "./request-body.ts";

/** Where a server that speaks chat completions stands, and what it is shown. */
export interface OpenAiEndpoint {
  readonly name: string;
  readonly origin: string;
  /** What stands before `/chat/completions`; no slash at its end. */
  readonly basePath: string;
  /** Sent as a bearer token; null for servers that ask for none. */
  readonly apiKey: string | null;
}

/** OpenAI, and every server that speaks its chat completions. */
export class OpenAiProvider implements Provider {
  readonly name: string;
  readonly #ports: HttpAttemptPorts;
  readonly #origin: string;
  readonly #path: string;
  readonly #wholeHeaders: readonly string[];
  readonly #streamHeaders: readonly string[];

  constructor(ports: HttpAttemptPorts, endpoint: OpenAiEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#origin = endpoint.origin;
    this.#path = `${endpoint.basePath}/chat/completions`;
    const headers = ["content-type", "application/json"];
    if (endpoint.apiKey !== null) headers.push("authorization", `Bearer ${endpoint.apiKey}`);
    this.#wholeHeaders = [...headers, "accept", "application/json"];
    this.#streamHeaders = [...headers, "accept", "text/event-stream"];
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { stream } = input.call.request.read.facts;
    const request: UpstreamRequest = {
      origin: this.#origin,
      method: "POST",
      path: this.#path,
      headers: stream ? this.#streamHeaders : this.#wholeHeaders,
      body: requestBody(input, codecOf(input)),
    };
    const reader = answerReader(input, sink);
    const readRefusal = this.#readRefusal;
    return new HttpAttempt(this.#ports, input, sink, {
      request,
      reader,
      readRefusal,
      stream,
    }).start();
  }

  readonly #readRefusal = (
    status: number,
    headers: UpstreamHeaders,
    body: Buffer,
  ): AttemptFailure => ({
    ...codecs.max_tokens.readFault({
      status,
      body,
      retryAfterMs: retryAfterMs(headers, this.#ports.clock.wallMs()),
    }),
    status,
  });
}

const codecs = {
  max_tokens: chatProvider("max_tokens"),
  max_completion_tokens: chatProvider("max_completion_tokens"),
};

const codecOf = ({ planned }: AttemptInput): ProviderCodec =>
  codecs[planned.target.facts.maxTokensField];

/** A client that speaks chat completions gets the provider's own bytes, any other its events. */
function answerReader(input: AttemptInput, sink: AttemptSink): AnswerReader {
  const { read } = input.call.request;
  const codec = codecOf(input);
  const isSame = read instanceof ChatRequest;
  if (read.facts.stream) {
    return isSame ? new RelayedStream(codec, input, sink) : new DecodedStream(codec, input, sink);
  }
  return new WholeAnswer(isSame ? relayedAnswer(codec) : decodedAnswer(codec), input, sink);
}
