/**
 * The body of a Converse request as far as it is read here, once `checkConverseBody` has accepted
 * it. Null and absent mean the same. What is not named stays in the body as it came.
 */
export interface ConverseBody {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly SystemBlock[] | null;
  readonly inferenceConfig?: InferenceConfig | null;
  readonly toolConfig?: ToolConfig | null;
  readonly outputConfig?: OutputConfig | null;
  readonly additionalModelRequestFields?: unknown;
  readonly additionalModelResponseFieldPaths?: readonly string[] | null;
  readonly requestMetadata?: Readonly<Record<string, string>> | null;
}

export interface ConverseMessage {
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly ContentBlock[];
}

export interface InferenceConfig {
  readonly maxTokens?: number | null;
  readonly temperature?: number | null;
  readonly topP?: number | null;
  readonly stopSequences?: readonly string[] | null;
}

export interface CachePointBlock {
  readonly type: string;
  readonly ttl?: "5m" | "1h" | null;
}

/** A union: of its members one is there. */
export interface SystemBlock {
  readonly text?: string;
  readonly cachePoint?: CachePointBlock;
  readonly guardContent?: unknown;
}

/** A union as well. Members that are not named here are a provider's business. */
export interface ContentBlock {
  readonly text?: string;
  readonly image?: ImageBlock;
  readonly document?: DocumentBlock;
  readonly toolUse?: ToolUseBlock;
  readonly toolResult?: ToolResultBlock;
  readonly reasoningContent?: ReasoningBlock;
  readonly citationsContent?: CitationsBlock;
  readonly cachePoint?: CachePointBlock;
}

export interface ImageBlock {
  readonly format: string;
  readonly source: { readonly bytes?: string };
}

export interface DocumentBlock {
  readonly name: string;
  readonly format?: string | null;
  readonly source: DocumentSource;
  readonly context?: string | null;
  readonly citations?: { readonly enabled?: boolean | null } | null;
}

export interface DocumentSource {
  readonly bytes?: string;
  readonly text?: string;
  readonly content?: readonly { readonly text?: string }[];
}

export interface ToolUseBlock {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: unknown;
  readonly type?: string | null;
}

export interface ToolResultBlock {
  readonly toolUseId: string;
  readonly content: readonly ToolResultContent[];
  readonly status?: string | null;
}

export interface ToolResultContent {
  readonly text?: string;
  readonly json?: unknown;
  readonly image?: ImageBlock;
  readonly document?: DocumentBlock;
}

export interface ReasoningBlock {
  readonly reasoningText?: { readonly text: string; readonly signature?: string | null };
  /** Base64. */
  readonly redactedContent?: string;
}

export interface CitationsBlock {
  readonly content?: readonly { readonly text?: string }[] | null;
  readonly citations?: readonly unknown[] | null;
}

export interface ToolConfig {
  readonly tools: readonly ConverseTool[];
  readonly toolChoice?: ConverseToolChoice | null;
}

/** A union. */
export interface ConverseTool {
  readonly toolSpec?: ToolSpec;
  readonly cachePoint?: CachePointBlock;
  readonly systemTool?: unknown;
}

export interface ToolSpec {
  readonly name: string;
  readonly description?: string | null;
  readonly inputSchema: { readonly json?: unknown };
  readonly strict?: boolean | null;
}

/** A union. */
export interface ConverseToolChoice {
  readonly auto?: unknown;
  readonly any?: unknown;
  readonly tool?: { readonly name: string };
}

export interface OutputConfig {
  readonly textFormat?: TextFormat | null;
  readonly effort?: string | null;
}

export interface TextFormat {
  readonly type: "json_schema";
  readonly structure: { readonly jsonSchema: JsonSchema };
}

export interface JsonSchema {
  /** JSON in a string. */
  readonly schema: string;
  readonly name?: string | null;
  readonly description?: string | null;
}
