import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { rateHeaders } from "@sekisho/wire/openai/rate-headers.ts";
import type { ModelSurface } from "../../answers/model-surface.ts";
import { sseWords } from "../../answers/stream-words.ts";

/** `POST /v1/chat/completions` */
export const chatCompletions: ModelSurface = {
  name: "openai.chat",
  codec: chatClient,
  idPrefix: "chatcmpl-",
  requestIdHeader: "x-request-id",
  rateHeaders,
  stream: sseWords(chatClient),
  said: () => ({ surface: "openai.chat" }),
};
