import type { CallOptions, PromptMessage } from "@sekisho/wire/ai-sdk/call-options.ts";
import type { SpecificationVersion } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import type { WrittenCall } from "@sekisho/wire/ai-sdk/write-request.ts";

/** A call in the words of the version that a model speaks. */
export interface SpokenCall {
  readonly options: object;
  /** What that version has no words for, as `RunningAttempt.dropped`. */
  readonly dropped: readonly string[];
}

/** v3 has the data of a file bare, and no word for how much is thought. */
export function spokenCall(
  { options }: Pick<WrittenCall, "options">,
  version: SpecificationVersion,
): SpokenCall {
  if (version === "v4") return { options, dropped: [] };
  const { reasoning, prompt, ...others }: CallOptions = options;
  return {
    options: { ...others, prompt: prompt.map(olderMessage) },
    dropped: reasoning === undefined ? [] : ["reasoning_effort"],
  };
}

const olderMessage = (message: PromptMessage): object =>
  message.role === "user"
    ? {
        ...message,
        content: message.content.map((part) =>
          part.type === "file" ? { ...part, data: part.data.data } : part,
        ),
      }
    : message;
