import { chatClient } from "@sekisho/wire/openai/codec.ts";
import type { ModelSurface } from "../../model-exchange.ts";

/** `POST /v1/chat/completions` */
export const chatCompletions: ModelSurface = {
  name: "openai.chat",
  codec: chatClient,
  idPrefix: "chatcmpl-",
  heartbeat: ": ping\n\n",
};
