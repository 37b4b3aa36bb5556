import { carriedReasoning } from "@sekisho/wire/anthropic/carried-reasoning.ts";
import { generateProvider } from "@sekisho/wire/gemini/codec.ts";
import {
  decodeTokenCount,
  wrapCount,
  writeCountRequest,
} from "@sekisho/wire/gemini/count-tokens.ts";
import { embeddingCodec } from "@sekisho/wire/gemini/embedding-codec.ts";
import type {
  AttemptInput,
  AttemptSink,
  EmbedInput,
  Provider,
  RunningAttempt,
} from "../../provider.ts";
import { startCount } from "../count-attempt.ts";
import { startAttempt, type DialectPorts } from "../dialect-attempt.ts";
import { decodeForeign, leftOut, startEmbedding } from "../embed-attempt.ts";
import { valueOf } from "../request-body.ts";
import { TargetReasoning } from "../target-reasoning.ts";

/** Where a server that speaks Gemini's generateContent stands, and what it is shown. */
export interface GeminiEndpoint {
  readonly name: string;
  readonly origin: string;
  /** What stands before `/v1beta/models/…`; no slash at its end. */
  readonly basePath: string;
  /** Null for servers that ask for none. */
  readonly apiKey: string | null;
}

/** Google's Gemini, and every server that speaks as it does. */
export class GeminiProvider implements Provider {
  readonly name: string;
  readonly #ports: DialectPorts;
  readonly #origin: string;
  readonly #models: string;
  readonly #wholeHeaders: readonly string[];
  readonly #streamHeaders: readonly string[];

  constructor(ports: DialectPorts, endpoint: GeminiEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#origin = endpoint.origin;
    this.#models = `${endpoint.basePath}/v1beta/models/`;
    const headers = ["content-type", "application/json"];
    // In a header, not in the query: addresses stand in other people's logs.
    if (endpoint.apiKey !== null) headers.push("x-goog-api-key", endpoint.apiKey);
    this.#wholeHeaders = [...headers, "accept", "application/json"];
    this.#streamHeaders = [...headers, "accept", "text/event-stream"];
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { request } = input.call;
    const { stream } = request.read.facts;
    const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    return startAttempt(
      this.#ports,
      { input, sink },
      {
        codec: generateProvider,
        rewrite:
          request.surface === "gemini.generateContent"
            ? (changes) => request.read.rewrite(changes)
            : null,
        request: (body) => ({
          origin: this.#origin,
          method: "POST",
          path: this.#pathOf(input, method),
          headers: stream ? this.#streamHeaders : this.#wholeHeaders,
          body,
        }),
      },
    );
  }

  countTokens(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    return startCount(
      this.#ports,
      { input, sink },
      {
        codec: generateProvider,
        request: {
          origin: this.#origin,
          method: "POST",
          path: this.#pathOf(input, "countTokens"),
          headers: this.#wholeHeaders,
          body: this.#countBody(input),
        },
        decode: decodeTokenCount,
        isUncountable: () => false,
      },
    );
  }

  embed(input: EmbedInput, sink: AttemptSink): RunningAttempt {
    const { planned, request, range } = input;
    const { upstreamModel } = planned.target;
    const { bytes, dropped } = embeddingCodec.writeRequest(
      request.questionOf(range),
      upstreamModel,
    );
    return startEmbedding(
      this.#ports,
      { input, sink },
      {
        codec: embeddingCodec,
        request: {
          origin: this.#origin,
          method: "POST",
          path: this.#pathOf(input, "batchEmbedContents"),
          headers: this.#wholeHeaders,
          body: bytes,
        },
        dropped: leftOut(input, dropped),
        decode: decodeForeign(input, embeddingCodec),
      },
    );
  }

  #countBody(input: AttemptInput): Buffer {
    const { request } = input.call;
    const { upstreamModel } = input.planned.target;
    const reasoning = new TargetReasoning(this.#ports.origins, input.planned);
    if (request.surface === "gemini.generateContent") {
      return wrapCount(request.read.rewrite({ reasoning }), upstreamModel);
    }
    const canonical = carriedReasoning(valueOf(request.canonical()), reasoning);
    return valueOf(writeCountRequest(canonical, upstreamModel));
  }

  /** A model's name is one segment, whatever stands in it. */
  #pathOf({ planned }: AttemptInput, method: string): string {
    return `${this.#models}${encodeURIComponent(planned.target.upstreamModel)}:${method}`;
  }
}
