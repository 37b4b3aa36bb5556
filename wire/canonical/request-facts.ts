import type { EmbeddingAsk } from "./embedding.ts";
import type { NativeWords } from "./native-words.ts";

/** What bounds the tokens of a prompt without counting them (MON-4). */
export interface PromptSize {
  /**
   * UTF-8 bytes of every text that the model reads, tool calls and refusals of the past included.
   */
  readonly textBytes: number;
  readonly messages: number;
  readonly tools: number;
  /** Bytes of tool definitions and of the answer's schema, as JSON. */
  readonly schemaBytes: number;
  readonly images: number;
  /** Inline files, and their bytes before base64. */
  readonly files: number;
  readonly fileBytes: number;
  /** Content whose size only the provider knows: image URLs, file ids, searches. */
  readonly references: number;
}

/** What the gateway must know of a request that it passes on as bytes. */
export interface RequestFacts {
  readonly model: string;
  readonly stream: boolean;
  /** Does the client want usage at the end of a stream? */
  readonly streamUsage: boolean;
  readonly maxTokens: number | null;
  /** How many answers to one prompt are asked for. */
  readonly choices: number;
  /** The end user as the dialect names it. */
  readonly user: string | null;
  /**
   * The field that asks the provider for what costs more than its list price, or is charged beside
   * the tokens. Absent and null where there is none.
   */
  readonly premium?: string | null;
  /** Of a native body: whose words it uses. Absent and null where nobody here knows them. */
  readonly nativeWords?: NativeWords | null;
  /** Of a request for vectors; absent where a model is to answer. */
  readonly embedding?: EmbeddingAsk;
  readonly size: PromptSize;
}
