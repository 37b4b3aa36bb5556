import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { rateHeaders } from "@sekisho/wire/openai/rate-headers.ts";
import type { EmbeddingSurface } from "../answers/model-surface.ts";

/** `POST /v1/embeddings` */
export const embeddings: EmbeddingSurface = {
  name: "openai.embeddings",
  codec: chatClient,
  // Vectors have no id in their bodies.
  idPrefix: "",
  stream: null,
  requestIdHeader: "x-request-id",
  rateHeaders,
  said: () => ({ surface: "openai.embeddings" }),
};
