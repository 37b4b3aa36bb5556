/**
 * The body of a chat completion request as far as it is read here, once `checkChatBody` has
 * accepted it. Null and absent mean the same. What is not named stays in the body as it came.
 */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly n?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly frequency_penalty?: number | null;
  readonly presence_penalty?: number | null;
  readonly seed?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly tools?: readonly ChatTool[] | null;
  readonly tool_choice?: ChatToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly functions?: readonly ChatFunction[] | null;
  readonly function_call?: unknown;
  readonly response_format?: ChatResponseFormat | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly web_search_options?: unknown;
}

export type ChatMessage =
  | ChatTextMessage
  | ChatUserMessage
  | ChatAssistantMessage
  | ChatToolMessage
  | ChatFunctionMessage;

export interface ChatTextMessage {
  readonly role: "system" | "developer";
  readonly content: string | readonly ChatTextPart[];
}

export interface ChatUserMessage {
  readonly role: "user";
  readonly content: string | readonly ChatPart[];
  readonly name?: string | null;
}

export interface ChatAssistantMessage {
  readonly role: "assistant";
  readonly content?: string | readonly ChatPart[] | null;
  readonly refusal?: string | null;
  readonly name?: string | null;
  readonly tool_calls?: readonly ChatToolCall[] | null;
  readonly function_call?: { readonly name: string; readonly arguments: string } | null;
}

export interface ChatToolMessage {
  readonly role: "tool";
  readonly tool_call_id: string;
  readonly content: string | readonly ChatTextPart[];
}

export interface ChatFunctionMessage {
  readonly role: "function";
  readonly name: string;
  readonly content: string | null;
}

/** OpenAI's own mark for a cached prefix; a part without one is the common case. */
interface CacheMark {
  readonly prompt_cache_breakpoint?: { readonly ttl?: string | null } | null;
}

export interface ChatTextPart extends CacheMark {
  readonly type: "text";
  readonly text: string;
}

export type ChatPart =
  | ChatTextPart
  | { readonly type: "refusal"; readonly refusal: string }
  | (CacheMark & {
      readonly type: "image_url";
      readonly image_url: { readonly url: string; readonly detail?: string | null };
    })
  | (CacheMark & { readonly type: "file"; readonly file: ChatFile });

export interface ChatFile {
  readonly file_id?: string | null;
  readonly file_data?: string | null;
  readonly filename?: string | null;
}

export type ChatToolCall =
  | {
      readonly type: "function";
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }
  | {
      readonly type: "custom";
      readonly id: string;
      readonly custom: { readonly name: string; readonly input: string };
    };

export interface ChatFunction {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: unknown;
  readonly strict?: boolean | null;
}

export type ChatTool =
  | { readonly type: "function"; readonly function: ChatFunction }
  | { readonly type: "custom"; readonly custom: { readonly name: string } };

export type ChatToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } }
  | { readonly type: "custom"; readonly custom: { readonly name: string } }
  | { readonly type: "allowed_tools"; readonly allowed_tools: ChatAllowedTools };

export interface ChatAllowedTools {
  readonly mode: "auto" | "required";
  readonly tools: readonly { readonly function?: { readonly name: string } }[];
}

export type ChatResponseFormat =
  | { readonly type: "text" | "json_object" }
  | {
      readonly type: "json_schema";
      readonly json_schema: ChatNamedSchema;
    };

export interface ChatNamedSchema {
  readonly name: string;
  readonly schema?: unknown;
  readonly strict?: boolean | null;
  readonly description?: string | null;
}
