import type { Usage } from "../canonical/usage.ts";
import { writeUsage as writeChatUsage } from "../openai/usage.ts";

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: {
    readonly cached_tokens: number;
    readonly cache_write_tokens?: number;
  };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** The numbers of a chat under the names of this surface. */
export function writeUsage(usage: Usage): ResponseUsage {
  const chat = writeChatUsage(usage);
  return {
    input_tokens: chat.prompt_tokens,
    input_tokens_details: chat.prompt_tokens_details,
    output_tokens: chat.completion_tokens,
    output_tokens_details: chat.completion_tokens_details,
    total_tokens: chat.total_tokens,
  };
}
