import type { ChatFunction, ChatNamedSchema } from "../openai/chat-body.ts";

/**
 * The body of a request for a response as far as it is read here, once `checkResponsesBody` has
 * accepted it. Null and absent mean the same.
 */
export interface ResponsesBody {
  readonly model: string;
  readonly input: string | readonly InputItem[];
  readonly instructions?: string | null;
  readonly stream?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly tools?: readonly FunctionTool[] | null;
  readonly tool_choice?: ResponsesToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly text?: {
    readonly format?: TextFormat | null;
    readonly verbosity?: string | null;
  } | null;
  readonly reasoning?: { readonly effort?: string | null } | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly truncation?: "auto" | "disabled" | null;
  readonly store?: boolean | null;
  readonly context_management?: readonly unknown[] | null;
}

export type TextFormat =
  | { readonly type: "text" | "json_object" }
  | ({ readonly type: "json_schema" } & ChatNamedSchema);

export interface FunctionTool extends ChatFunction {
  readonly type: "function";
}

export type ResponsesToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly name: string }
  | {
      readonly type: "allowed_tools";
      readonly mode: "auto" | "required";
      readonly tools: readonly { readonly name: string }[];
    };

export type InputItem = MessageItem | CallItem | CallOutputItem | ReasoningItem;

export interface MessageItem {
  /** Absent in the short form. */
  readonly type?: "message";
  readonly role: "user" | "assistant" | "system" | "developer";
  readonly content: string | readonly InputPart[];
}

export interface CallItem {
  readonly type: "function_call";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface CallOutputItem {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: string | readonly InputPart[];
}

export interface ReasoningItem {
  readonly type: "reasoning";
  readonly summary?: readonly { readonly text: string }[] | null;
  readonly content?: readonly { readonly text: string }[] | null;
  readonly encrypted_content?: string | null;
}

/** OpenAI's own mark for a cached prefix. */
interface CacheMark {
  readonly prompt_cache_breakpoint?: { readonly ttl?: string | null } | null;
}

export type InputPart = CacheMark &
  (
    | { readonly type: "input_text" | "output_text"; readonly text: string }
    | { readonly type: "refusal"; readonly refusal: string }
    | {
        readonly type: "input_image";
        readonly image_url?: string | null;
        readonly file_id?: string | null;
        readonly detail?: string | null;
      }
    | {
        readonly type: "input_file";
        readonly file_id?: string | null;
        readonly file_data?: string | null;
        readonly file_url?: string | null;
        readonly filename?: string | null;
      }
  );
