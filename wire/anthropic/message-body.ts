/**
 * The body of a message request as far as it is read here, once `checkMessageBody` has accepted it.
 * Null and absent mean the same. What is not named stays in the body as it came.
 */
export interface MessageBody {
  readonly model: string;
  /** Absent where tokens are only counted. */
  readonly max_tokens?: number;
  readonly messages: readonly MessageParam[];
  readonly system?: string | readonly TextBlock[] | null;
  readonly stream?: boolean | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly stop_sequences?: readonly string[] | null;
  readonly tools?: readonly ToolParam[] | null;
  readonly tool_choice?: ToolChoiceParam | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly thinking?: { readonly type: string } | null;
  readonly output_config?: OutputConfig | null;
  /** Where the format stood before `output_config` did. */
  readonly output_format?: OutputFormat | null;
}

export interface OutputConfig {
  readonly format?: OutputFormat | null;
}

export interface OutputFormat {
  readonly type: "json_schema";
  readonly schema: unknown;
}

export interface MessageParam {
  readonly role: "user" | "assistant" | "system";
  readonly content: string | readonly Block[];
}

export interface CacheControl {
  readonly ttl?: "5m" | "1h" | null;
}

interface Cached {
  readonly cache_control?: CacheControl | null;
}

export interface TextBlock extends Cached {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly unknown[] | null;
}

export interface ImageBlock extends Cached {
  readonly type: "image";
  readonly source: BlockSource;
  readonly transformations?: Readonly<Record<string, unknown>> | null;
}

export interface DocumentBlock extends Cached {
  readonly type: "document";
  readonly source: BlockSource;
  readonly title?: string | null;
  readonly context?: string | null;
  readonly citations?: { readonly enabled?: boolean | null } | null;
}

export interface ToolUseBlock extends Cached {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly caller?: { readonly type: string } | null;
  readonly toolset_name?: string | null;
}

export interface ToolResultBlock extends Cached {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content?: string | readonly Block[] | null;
  readonly is_error?: boolean | null;
}

export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  readonly signature?: string | null;
}

export interface RedactedThinkingBlock {
  readonly type: "redacted_thinking";
  readonly data: string;
}

export type KnownBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ToolUseBlock
  | ToolResultBlock
  | ThinkingBlock
  | RedactedThinkingBlock;

/** Of tools that the provider runs, and of what is yet to come: a provider's business. */
export interface OtherBlock {
  readonly type: string;
}

export type Block = KnownBlock | OtherBlock;

export type BlockSource =
  | { readonly type: "base64"; readonly media_type: string; readonly data: string }
  | { readonly type: "text"; readonly media_type: string; readonly data: string }
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "file"; readonly file_id: string }
  | { readonly type: "content"; readonly content: string | readonly Block[] };

export interface ToolParam extends Cached {
  /** Absent or "custom" for a tool that the client describes itself. */
  readonly type?: string | null;
  readonly name?: string;
  readonly description?: string | null;
  readonly input_schema?: unknown;
  readonly strict?: boolean | null;
  readonly input_examples?: readonly unknown[] | null;
  readonly allowed_callers?: readonly string[] | null;
  readonly defer_loading?: boolean | null;
}

export interface ToolChoiceParam {
  readonly type: "auto" | "any" | "tool" | "none";
  readonly name?: string;
  readonly disable_parallel_tool_use?: boolean | null;
}
