import { chatProvider } from "@sekisho/wire/openai/codec.ts";
import { embeddingCodec } from "@sekisho/wire/openai/embedding-codec.ts";
import type {
  AttemptInput,
  AttemptSink,
  EmbedInput,
  Provider,
  RunningAttempt,
} from "../../provider.ts";
import { startAttempt, type DialectPorts } from "../dialect-attempt.ts";
import { decodeForeign, decodeOwn, leftOut, startEmbedding } from "../embed-attempt.ts";

/** Where a server that speaks chat completions stands, and what it is shown. */
export interface OpenAiEndpoint {
  readonly name: string;
  readonly origin: string;
  /** What stands before `/chat/completions` and `/embeddings`; no slash at its end. */
  readonly basePath: string;
  /** Sent as a bearer token; null for servers that ask for none. */
  readonly apiKey: string | null;
}

const codecs = {
  max_tokens: chatProvider("max_tokens"),
  max_completion_tokens: chatProvider("max_completion_tokens"),
};

/** OpenAI, and every server that speaks its chat completions or its embeddings. */
export class OpenAiProvider implements Provider {
  readonly name: string;
  readonly #ports: DialectPorts;
  readonly #origin: string;
  readonly #path: string;
  readonly #embedPath: string;
  readonly #wholeHeaders: readonly string[];
  readonly #streamHeaders: readonly string[];

  constructor(ports: DialectPorts, endpoint: OpenAiEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#origin = endpoint.origin;
    this.#path = `${endpoint.basePath}/chat/completions`;
    this.#embedPath = `${endpoint.basePath}/embeddings`;
    const headers = ["content-type", "application/json"];
    if (endpoint.apiKey !== null) headers.push("authorization", `Bearer ${endpoint.apiKey}`);
    this.#wholeHeaders = [...headers, "accept", "application/json"];
    this.#streamHeaders = [...headers, "accept", "text/event-stream"];
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { request } = input.call;
    const { maxTokensField } = input.planned.target.facts;
    const headers = request.read.facts.stream ? this.#streamHeaders : this.#wholeHeaders;
    return startAttempt(
      this.#ports,
      { input, sink },
      {
        codec: codecs[maxTokensField],
        rewrite:
          request.surface === "openai.chat" || request.surface === "openai.moderations"
            ? (changes) => request.read.rewrite(changes, maxTokensField)
            : null,
        request: (body) => ({
          origin: this.#origin,
          method: "POST",
          path: this.#path,
          headers,
          body,
        }),
      },
    );
  }

  embed(input: EmbedInput, sink: AttemptSink): RunningAttempt {
    const { call, planned, request, range } = input;
    const { upstreamModel } = planned.target;
    const own = call.request.surface === "openai.embeddings" ? call.request.read : null;
    const { bytes, dropped } =
      own === null
        ? embeddingCodec.writeRequest(request.questionOf(range), upstreamModel)
        : { bytes: own.rewrite(upstreamModel, range), dropped: [] };
    return startEmbedding(
      this.#ports,
      { input, sink },
      {
        codec: embeddingCodec,
        request: {
          origin: this.#origin,
          method: "POST",
          path: this.#embedPath,
          headers: this.#wholeHeaders,
          body: bytes,
        },
        dropped: leftOut(input, dropped),
        decode: own === null ? decodeForeign(input, embeddingCodec) : decodeOwn(input),
      },
    );
  }
}
