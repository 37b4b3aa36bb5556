import { completionsClient } from "@sekisho/wire/openai/codec.ts";
import { rateHeaders } from "@sekisho/wire/openai/rate-headers.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { sseWords } from "../answers/stream-words.ts";

/** `POST /v1/completions`: the legacy surface, translated */
export const completions: ModelSurface = {
  name: "openai.completions",
  codec: completionsClient,
  idPrefix: "cmpl-",
  requestIdHeader: "x-request-id",
  rateHeaders,
  stream: sseWords(completionsClient),
  said: () => ({ surface: "openai.completions" }),
};
