import type { JsonObject } from "../field-rules.ts";

/**
 * What a language model of the AI SDK is asked, in the words of specification v4; of v3 but for
 * `reasoning` and the data of files. https://ai-sdk.dev
 */
export interface CallOptions {
  readonly prompt: readonly PromptMessage[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly seed?: number;
  readonly stopSequences?: readonly string[];
  readonly responseFormat?: JsonFormat;
  readonly tools?: readonly FunctionTool[];
  readonly toolChoice?: CalledChoice;
  /** How much is thought before the answer; v3 does not have it. */
  readonly reasoning?: ReasoningEffort;
}

export const reasoningEfforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
export type ReasoningEffort = (typeof reasoningEfforts)[number];

export type PromptMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: readonly (PromptText | PromptFile)[] }
  | {
      readonly role: "assistant";
      readonly content: readonly (PromptText | PromptReasoning | PromptCall)[];
    }
  | { readonly role: "tool"; readonly content: readonly PromptResult[] };

export interface PromptText {
  readonly type: "text";
  readonly text: string;
}

export interface PromptFile {
  readonly type: "file";
  readonly mediaType: string;
  readonly filename?: string;
  /** Base64. */
  readonly data: { readonly type: "data"; readonly data: string };
}

/** What a package said of a part of its answer, under its own name, and wants back with it. */
export type PackageWords = Readonly<Record<string, JsonObject>>;

export interface PromptReasoning {
  readonly type: "reasoning";
  readonly text: string;
  readonly providerOptions: PackageWords;
}

export interface PromptCall {
  readonly type: "tool-call";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: JsonObject;
  readonly providerOptions?: PackageWords;
}

export interface PromptResult {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: { readonly type: "text" | "error-text"; readonly value: string };
}

export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description?: string;
  /** JSON Schema. */
  readonly inputSchema: JsonObject;
  readonly inputExamples?: readonly { readonly input: JsonObject }[];
  readonly strict?: boolean;
}

export type CalledChoice =
  | { readonly type: "auto" | "none" | "required" }
  | { readonly type: "tool"; readonly toolName: string };

export interface JsonFormat {
  readonly type: "json";
  readonly schema?: JsonObject;
  readonly name?: string;
  readonly description?: string;
}
