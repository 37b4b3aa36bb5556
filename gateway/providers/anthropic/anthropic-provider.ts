import { carriedReasoning } from "@sekisho/wire/anthropic/carried-reasoning.ts";
import { apiVersions, type ApiVersion } from "@sekisho/wire/anthropic/claude/api-version.ts";
import { betasOf } from "@sekisho/wire/anthropic/claude/betas.ts";
import { messagesProvider } from "@sekisho/wire/anthropic/codec.ts";
import { decodeTokenCount, writeCountRequest } from "@sekisho/wire/anthropic/count-tokens.ts";
import type { WriteOptions } from "@sekisho/wire/anthropic/write-request.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { AttemptInput, AttemptSink, Provider, RunningAttempt } from "../../provider.ts";
import type { ClientRequest } from "../../request.ts";
import { TargetReasoning } from "../target-reasoning.ts";
import { startCount } from "../count-attempt.ts";
import { startAttempt, type DialectPorts } from "../dialect-attempt.ts";
import { valueOf } from "../request-body.ts";

/** What Anthropic is shown: a key of its own, or a token. */
export interface AnthropicCredential {
  readonly kind: "apiKey" | "bearer";
  readonly value: string;
}

/** Where a server that speaks Anthropic's messages stands, and what it is shown. */
export interface AnthropicEndpoint {
  readonly name: string;
  readonly origin: string;
  /** What stands before `/v1/messages`; no slash at its end. */
  readonly basePath: string;
  /** Told on behalf of clients that speak another dialect. */
  readonly apiVersion: ApiVersion;
  /** Null for servers that ask for none. */
  readonly credential: AnthropicCredential | null;
}

const codecs = Object.fromEntries(
  apiVersions.map((version) => [version, messagesProvider(version)]),
) as Record<ApiVersion, ProviderCodec>; // fromEntries widens its keys

/** Anthropic, and every server that speaks its messages. */
export class AnthropicProvider implements Provider {
  readonly name: string;
  readonly #ports: DialectPorts;
  readonly #origin: string;
  readonly #path: string;
  readonly #apiVersion: ApiVersion;
  readonly #headers: readonly string[];

  constructor(ports: DialectPorts, endpoint: AnthropicEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#origin = endpoint.origin;
    this.#path = `${endpoint.basePath}/v1/messages`;
    this.#apiVersion = endpoint.apiVersion;
    this.#headers = ["content-type", "application/json", ...credentialHeaders(endpoint.credential)];
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { request } = input.call;
    const apiVersion = this.#versionFor(request);
    const { stream } = request.read.facts;
    const accept = stream ? "text/event-stream" : "application/json";
    return startAttempt(
      this.#ports,
      { input, sink },
      {
        codec: codecs[apiVersion],
        rewrite:
          request.surface === "anthropic.messages"
            ? (changes) => request.read.rewrite(changes, apiVersion)
            : null,
        request: (body) => ({
          origin: this.#origin,
          method: "POST",
          path: this.#path,
          headers: this.#headersOf(request, accept),
          body,
        }),
      },
    );
  }

  countTokens(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { request } = input.call;
    const apiVersion = this.#versionFor(request);
    const { upstreamModel: model } = input.planned.target;
    const reasoning = new TargetReasoning(this.#ports.origins, input.planned);
    const body =
      request.surface === "anthropic.messages"
        ? request.read.rewrite({ model, reasoning }, apiVersion)
        : countBody(request, { model, apiVersion }, reasoning);
    return startCount(
      this.#ports,
      { input, sink },
      {
        codec: codecs[apiVersion],
        request: {
          origin: this.#origin,
          method: "POST",
          path: `${this.#path}/count_tokens`,
          headers: this.#headersOf(request, "application/json"),
          body,
        },
        decode: decodeTokenCount,
        isUncountable: () => false,
      },
    );
  }

  /** A client's own where it speaks this dialect. */
  #versionFor(request: ClientRequest): ApiVersion {
    return request.surface === "anthropic.messages" ? request.head.apiVersion : this.#apiVersion;
  }

  /** Of a client's headers these alone are for the provider (SEC-7). */
  #headersOf(request: ClientRequest, accept: string): readonly string[] {
    const version = this.#versionFor(request);
    const headers = [...this.#headers, "accept", accept, "anthropic-version", version];
    const betas = betasFor(request);
    if (betas !== null) headers.push("anthropic-beta", betas);
    return headers;
  }
}

function countBody(
  request: ClientRequest,
  options: WriteOptions,
  reasoning: TargetReasoning,
): Buffer {
  const canonical = carriedReasoning(valueOf(request.canonical()), reasoning);
  return valueOf(writeCountRequest(canonical, options));
}

/** Clients of Bedrock name them in the body. */
function betasFor(request: ClientRequest): string | null {
  if (request.surface === "anthropic.messages") return request.head.betas;
  const canonical = request.surface.startsWith("bedrock.") ? request.canonical() : null;
  const betas = canonical?.ok === true ? betasOf(canonical.value) : [];
  return betas.length === 0 ? null : betas.join(",");
}

function credentialHeaders(credential: AnthropicCredential | null): readonly string[] {
  if (credential === null) return [];
  return credential.kind === "apiKey"
    ? ["x-api-key", credential.value]
    : ["authorization", `Bearer ${credential.value}`];
}
