import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { RequestSigner, type SigningCredential } from "@sekisho/lib/signature/sigv4-sign.ts";
import { converseProvider, invokeProvider } from "@sekisho/wire/bedrock/codec.ts";
import {
  decodeTokenCount,
  isUncountable,
  writeConverseCount,
  writeInvokeCount,
} from "@sekisho/wire/bedrock/count-tokens.ts";
import { embeddingCodecs } from "@sekisho/wire/bedrock/embedding-codec.ts";
import { embeddingWordsOf } from "@sekisho/wire/bedrock/embedding/embedding-words.ts";
import { writeModelSegment } from "@sekisho/wire/bedrock/model-id.ts";
import type { BodyChanges } from "@sekisho/wire/canonical/body-changes.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { PlannedAttempt } from "../../plan.ts";
import type {
  AttemptInput,
  AttemptSink,
  EmbedInput,
  Provider,
  RunningAttempt,
} from "../../provider.ts";
import type { ClientRequest } from "../../request.ts";
import { passes } from "../../target-api.ts";
import { TargetReasoning } from "../target-reasoning.ts";
import { startCount } from "../count-attempt.ts";
import { startAttempt, type DialectPorts } from "../dialect-attempt.ts";
import { decodeForeign, decodeNative, leftOut, startEmbedding } from "../embed-attempt.ts";
import { translate } from "../request-body.ts";

/** The key pair of now; null while there is none. A call does not wait for one. */
export interface AwsCredentialSource {
  current(): SigningCredential | null;
}

/** What Bedrock is shown: an API key, or a signature with a key pair. */
export type BedrockCredential =
  | { readonly kind: "bearer"; readonly value: string }
  | { readonly kind: "sigv4"; readonly source: AwsCredentialSource };

/** Where a Bedrock Runtime stands, and what it is shown. */
export interface BedrockEndpoint {
  readonly name: string;
  /** The region that requests are signed for. */
  readonly region: string;
  readonly origin: string;
  /** What stands before `/model`; no slash at its end. */
  readonly basePath: string;
  /** Null for servers that ask for none. */
  readonly credential: BedrockCredential | null;
}

/** Behind `/model/{id}/`. */
const operations = {
  "bedrock.converse": { whole: "converse", stream: "converse-stream" },
  "bedrock.invoke": { whole: "invoke", stream: "invoke-with-response-stream" },
} as const;

type BedrockApi = keyof typeof operations;

const codecs = { "bedrock.converse": converseProvider, "bedrock.invoke": invokeProvider } as const;

const eventStream = "application/vnd.amazon.eventstream";

/** AWS Bedrock Runtime in one region, and every server that speaks as it does. */
export class BedrockProvider implements Provider {
  readonly name: string;
  readonly #ports: DialectPorts;
  readonly #endpoint: BedrockEndpoint;
  readonly #host: string;
  readonly #signer: RequestSigner;

  constructor(ports: DialectPorts, endpoint: BedrockEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#endpoint = endpoint;
    this.#host = new URL(endpoint.origin).host;
    this.#signer = new RequestSigner("bedrock", endpoint.region);
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { call, planned } = input;
    const api = apiOf(planned);
    const operation = operations[api][call.request.read.facts.stream ? "stream" : "whole"];
    const path = this.#pathOf(planned, operation);
    return startAttempt(
      this.#ports,
      { input, sink },
      {
        codec: codecs[api],
        rewrite: rewriteOf(call.request, planned),
        request: (body) => this.#request(path, headersOf(api, call.request), body),
      },
    );
  }

  countTokens(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { call, planned } = input;
    const api = apiOf(planned);
    const codec = codecs[api];
    const rewrite = rewriteOf(call.request, planned);
    const { upstreamModel: model } = planned.target;
    const reasoning = new TargetReasoning(this.#ports.origins, planned);
    const body =
      rewrite === null ? translate(input, codec, reasoning).bytes : rewrite({ model, reasoning });
    const write = api === "bedrock.invoke" ? writeInvokeCount : writeConverseCount;
    const path = this.#pathOf(planned, "count-tokens");
    return startCount(
      this.#ports,
      { input, sink },
      {
        codec,
        request: this.#request(path, ["accept", "application/json"], write(body)),
        decode: decodeTokenCount,
        isUncountable,
      },
    );
  }

  embed(input: EmbedInput, sink: AttemptSink): RunningAttempt {
    const { call, planned, request, range } = input;
    const { upstreamModel } = planned.target;
    const path = this.#pathOf(planned, operations["bedrock.invoke"].whole);
    const rewrite = rewriteOf(call.request, planned);
    if (rewrite !== null) {
      const headers = headersOf("bedrock.invoke", call.request);
      return startEmbedding(
        this.#ports,
        { input, sink },
        {
          codec: invokeProvider,
          request: this.#request(path, headers, rewrite({})),
          dropped: [],
          decode: decodeNative,
        },
      );
    }
    const words = embeddingWordsOf(upstreamModel);
    if (words === null) {
      const message = `Cannot get vectors of "${upstreamModel}": it makes none`;
      throw new Failure<Code>("unsupported_by_target", message, { param: "model" });
    }
    const codec = embeddingCodecs[words];
    const { bytes, dropped } = codec.writeRequest(request.questionOf(range), upstreamModel);
    return startEmbedding(
      this.#ports,
      { input, sink },
      {
        codec,
        request: this.#request(path, ["accept", "application/json"], bytes),
        dropped: leftOut(input, dropped),
        decode: decodeForeign(input, codec),
      },
    );
  }

  #pathOf({ target }: PlannedAttempt, operation: string): string {
    const segment = writeModelSegment(target.upstreamModel);
    return `${this.#endpoint.basePath}/model/${segment}/${operation}`;
  }

  #request(path: string, said: readonly string[], body: Buffer): UpstreamRequest {
    const headers = ["content-type", "application/json", ...said];
    return {
      origin: this.#endpoint.origin,
      method: "POST",
      path,
      headers: [...headers, ...this.#credentialHeaders(path, headers, body)],
      body,
    };
  }

  #credentialHeaders(path: string, headers: readonly string[], body: Buffer): readonly string[] {
    const { credential } = this.#endpoint;
    if (credential === null) return [];
    if (credential.kind === "bearer") return ["authorization", `Bearer ${credential.value}`];
    const pair = credential.source.current();
    if (pair === null) {
      const message = `Cannot sign for provider "${this.name}": it has no AWS credentials now`;
      throw new Failure<Code>("upstream_unavailable", message);
    }
    const request = { method: "POST", host: this.#host, path, query: "", headers, body };
    return this.#signer.sign(request, pair, this.#ports.clock.wallMs());
  }
}

const apiOf = ({ api }: PlannedAttempt): BedrockApi =>
  api === "bedrock.invoke" ? "bedrock.invoke" : "bedrock.converse";

/** Whole answers of both interfaces and streams of Converse have one form only. */
function headersOf(api: BedrockApi, request: ClientRequest): readonly string[] {
  const { stream } = request.read.facts;
  const accept = stream && api === "bedrock.converse" ? eventStream : "application/json";
  // Of a client's headers those of its operation alone are for the provider (SEC-7).
  const asked =
    request.surface === "bedrock.invoke" && api === request.surface ? request.head.headers : [];
  return ["accept", accept, ...[...asked].flat()];
}

function rewriteOf(
  request: ClientRequest,
  planned: PlannedAttempt,
): ((changes: BodyChanges) => Buffer) | null {
  if (!passes(request, apiOf(planned), planned.target.upstreamModel)) return null;
  const isBedrock = request.surface === "bedrock.converse" || request.surface === "bedrock.invoke";
  return isBedrock ? (changes) => request.read.rewrite(changes) : null;
}
