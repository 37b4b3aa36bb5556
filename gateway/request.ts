import type { ApiVersion } from "@sekisho/wire/anthropic/claude/api-version.ts";
import type { MessageRequest } from "@sekisho/wire/anthropic/message-request.ts";
import type { ConverseRequest } from "@sekisho/wire/bedrock/converse-request.ts";
import type { EmbeddingInvocation } from "@sekisho/wire/bedrock/embedding/embedding-invocation.ts";
import type { InvokeRequest } from "@sekisho/wire/bedrock/invoke/invoke-request.ts";
import type { Feature } from "@sekisho/wire/canonical/carriage.data.ts";
import type { PathFacts } from "@sekisho/wire/canonical/path-facts.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { PlainChatRequest, PlainChatSetup } from "@sekisho/wire/chat/plain-chat-request.ts";
import type { GenerateRequest } from "@sekisho/wire/gemini/generate-request.ts";
import type { LibraryRequest } from "@sekisho/wire/library/library-request.ts";
import type { ChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import type { CompletionsRequest } from "@sekisho/wire/openai/completions-request.ts";
import type { EmbeddingRequest } from "@sekisho/wire/openai/embedding/embedding-request.ts";
import type { ModerationSetup } from "@sekisho/wire/openai/moderation-request.ts";
import type { ResponsesRequest } from "@sekisho/wire/responses/responses-request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { StartDialect } from "@sekisho/wire/stream/client-frame.ts";

/** What Anthropic's clients say in headers, and its providers are told as it was said. */
export interface AnthropicHead {
  readonly apiVersion: ApiVersion;
  /** `anthropic-beta` as it stands, null without one. */
  readonly betas: string | null;
}

/** What InvokeModel's clients ask for in headers, by their lower-case names. */
export interface InvokeHead {
  readonly headers: ReadonlyMap<string, string>;
}

/** A feature that a request asks for where its canonical shape knows nothing of it. */
export interface HeaderFeature {
  readonly feature: Feature;
  /** Or the member of the body, where a surface has words of its own. */
  readonly header: string;
  /** As `RequestFacts.premium`. */
  readonly isPremium: boolean;
}

/** The ways in for model requests, each with what its requests say outside of their bodies. */
export type SurfaceHead =
  | { readonly surface: "openai.chat" }
  | { readonly surface: "openai.completions" }
  | {
      readonly surface: "openai.responses";
      /** Puts in what a body names of answers that are kept. Throws Failure. */
      readonly expand?: (body: Buffer) => Buffer;
    }
  | { readonly surface: "openai.moderations"; readonly setup: ModerationSetup }
  | { readonly surface: "anthropic.messages"; readonly head: AnthropicHead }
  | { readonly surface: "bedrock.converse"; readonly path: PathFacts }
  | { readonly surface: "bedrock.invoke"; readonly path: PathFacts; readonly head: InvokeHead }
  | { readonly surface: "gemini.generateContent"; readonly path: PathFacts }
  | { readonly surface: "chat"; readonly setup: PlainChatSetup }
  /** A session over WebSocket: always translated, in the words that its client has chosen. */
  | { readonly surface: "stream"; readonly dialect: StartDialect }
  /** A program that holds the gateway in its own process. */
  | { readonly surface: "library" };

export type Surface = SurfaceHead["surface"];

/** The ways in for counts of a prompt's tokens, which no model answers. */
export type CountHead =
  | { readonly surface: "anthropic.countTokens"; readonly head: AnthropicHead }
  | { readonly surface: "bedrock.countTokens"; readonly path: PathFacts }
  | { readonly surface: "gemini.countTokens"; readonly path: PathFacts };

export type CountSurface = CountHead["surface"];

/** The ways in for vectors, which are no model's answer. */
export type EmbeddingHead =
  | { readonly surface: "openai.embeddings" }
  | { readonly surface: "bedrock.invoke"; readonly path: PathFacts; readonly head: InvokeHead };

/** What a request says outside of its body, whatever it is for. */
export type AnyHead = SurfaceHead | CountHead | EmbeddingHead;

/** A request that was read in the words of its surface and found right. */
export type SurfaceRequest =
  | {
      readonly surface: "openai.chat" | "openai.moderations";
      readonly read: ChatRequest;
    }
  | { readonly surface: "openai.completions"; readonly read: CompletionsRequest }
  | { readonly surface: "openai.responses"; readonly read: ResponsesRequest }
  | {
      readonly surface: "anthropic.messages";
      readonly read: MessageRequest;
      readonly head: AnthropicHead;
    }
  | { readonly surface: "bedrock.converse"; readonly read: ConverseRequest }
  | {
      readonly surface: "bedrock.invoke";
      readonly read: InvokeRequest | EmbeddingInvocation;
      readonly head: InvokeHead;
    }
  | { readonly surface: "gemini.generateContent"; readonly read: GenerateRequest }
  | { readonly surface: "chat"; readonly read: PlainChatRequest }
  | { readonly surface: "library"; readonly read: LibraryRequest }
  | {
      readonly surface: "stream";
      readonly read: ChatRequest | MessageRequest | ResponsesRequest;
    }
  | { readonly surface: "openai.embeddings"; readonly read: EmbeddingRequest };

/** A request as the later stages see it. */
export type ClientRequest = SurfaceRequest & {
  /** Most tokens the prompt can come to (MON-4); Infinity where only the provider knows. */
  readonly inputTokensBound: number;
  /** Lost on the way to a target that is not asked through the client's own interface (WIR-13). */
  readonly headerFeatures: readonly HeaderFeature[];
  /** For targets of other dialects; built when it is first asked for. */
  readonly canonical: () => Parsed<CanonicalRequest>;
  /** What can be read again from the client's bytes: after the first content nothing is retried. */
  readonly forget: () => void;
};
