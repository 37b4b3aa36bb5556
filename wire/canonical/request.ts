/** Whose words a request uses. */
export type Dialect = "openai" | "anthropic" | "bedrock" | "gemini";

/** The one request shape (WIR-8). A dialect's codec parses into it and writes from it. */
export interface CanonicalRequest {
  /** The dialect it came in: the one that `rest` speaks. */
  readonly dialect: Dialect;
  readonly model: string;
  readonly stream: boolean;
  /** System instructions ahead of the first message, in order; "developer" messages too. */
  readonly system: readonly SystemPart[];
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  readonly parallelTools: boolean | null;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly maxTokens: number | null;
  readonly responseFormat: ResponseFormat | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** The end user as the dialect names it (`user`, `safety_identifier`). */
  readonly user: string | null;
  /** Does the client want usage at the end of a stream? */
  readonly streamUsage: boolean;
  /** What its surface calls these members, where that is not what chats call them. */
  readonly fieldNames?: { readonly messages: string; readonly responseFormat: string };
  /** Fields that only `dialect` knows, as parsed. No prototype: any key is inert. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface Message {
  /**
   * `system`: an instruction in the middle of the conversation. Its place is part of its meaning.
   */
  readonly role: "user" | "assistant" | "tool" | "system";
  readonly parts: readonly Part[];
  readonly name?: string;
}

export interface TextPart {
  readonly kind: "text";
  readonly text: string;
  /** Of an answer sent back: where its words come from, in the words of the request's dialect. */
  readonly citations?: readonly unknown[];
}

/** How long a provider keeps a cached prefix. */
export type CacheTtl = "5m" | "1h";

/** What stands before it is a prefix worth caching. */
export interface CachePoint {
  readonly kind: "cachePoint";
  readonly ttl: CacheTtl;
}

export type SystemPart = TextPart | CachePoint;

export type Part =
  | TextPart
  | { readonly kind: "image"; readonly source: MediaSource; readonly detail?: string }
  | {
      readonly kind: "document";
      readonly source: MediaSource;
      readonly name?: string;
      /** What the model is told of the document beside its content. */
      readonly context?: string;
      /** The answer is to say which of its words come from this document. */
      readonly citations?: true;
    }
  | {
      readonly kind: "toolCall";
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly kind: "toolResult";
      readonly id: string;
      readonly parts: readonly Part[];
      /** The tool failed, and its result says how. */
      readonly isError?: true;
    }
  | ReasoningPart
  | { readonly kind: "refusal"; readonly text: string }
  | CachePoint;

/** Signed or encrypted, it goes back to nobody but the provider that it came from (WIR-13). */
export interface ReasoningPart {
  readonly kind: "reasoning";
  readonly text: string;
  readonly signature?: string;
  /** Encrypted reasoning in place of a text. */
  readonly redacted?: string;
}

export type MediaSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "file"; readonly id: string };

export interface Tool {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments, as parsed. */
  readonly parameters: unknown;
  readonly strict: boolean | null;
  /** Arguments as they may look. */
  readonly examples?: readonly unknown[];
  /** The definitions up to this one are a prefix worth caching. */
  readonly cachePoint?: CacheTtl;
}

export type ToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "tool"; readonly name: string };

export interface Sampling {
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number | null;
  readonly frequencyPenalty: number | null;
  readonly presencePenalty: number | null;
}

export type ResponseFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | {
      readonly kind: "schema";
      readonly name: string;
      readonly schema: unknown;
      readonly strict: boolean | null;
      readonly description: string | null;
    };
