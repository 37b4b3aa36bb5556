import { responsesClient } from "@sekisho/wire/responses/codec.ts";
import { responseIdPrefix } from "@sekisho/wire/responses/id-prefix.ts";
import { rateHeaders } from "@sekisho/wire/openai/rate-headers.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { sseWords } from "../answers/stream-words.ts";

/** `POST /v1/responses`: always translated */
export const responses: ModelSurface = {
  name: "openai.responses",
  codec: responsesClient,
  idPrefix: responseIdPrefix,
  requestIdHeader: "x-request-id",
  rateHeaders,
  stream: sseWords(responsesClient),
  said: () => ({ surface: "openai.responses" }),
};
