import { completionsClient } from "@sekisho/wire/openai/codec.ts";
import type { ModelSurface } from "../model-exchange.ts";

/** `POST /v1/completions`: the legacy surface, translated */
export const completions: ModelSurface = {
  name: "openai.completions",
  codec: completionsClient,
  idPrefix: "cmpl-",
  heartbeat: ": ping\n\n",
};
