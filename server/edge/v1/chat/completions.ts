import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { sseHeaders } from "../../answer-headers.ts";
import type { ModelSurface } from "../../model-surface.ts";

/** `POST /v1/chat/completions` */
export const chatCompletions: ModelSurface = {
  name: "openai.chat",
  codec: chatClient,
  idPrefix: "chatcmpl-",
  requestIdHeader: "x-request-id",
  streamHeaders: sseHeaders,
  heartbeat: ": ping\n\n",
  said: () => ({ surface: "openai.chat" }),
};
