import { completionsClient } from "@sekisho/wire/openai/codec.ts";
import { sseHeaders } from "../answer-headers.ts";
import type { ModelSurface } from "../model-surface.ts";

/** `POST /v1/completions`: the legacy surface, translated */
export const completions: ModelSurface = {
  name: "openai.completions",
  codec: completionsClient,
  idPrefix: "cmpl-",
  requestIdHeader: "x-request-id",
  streamHeaders: sseHeaders,
  heartbeat: ": ping\n\n",
  said: () => ({ surface: "openai.completions" }),
};
