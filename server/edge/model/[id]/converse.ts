import { checkModelName } from "@sekisho/gateway/model-name.ts";
import { converseClient } from "@sekisho/wire/bedrock/codec.ts";
import type { ModelSurface } from "../../answers/model-surface.ts";
import { eventStreamWords } from "../../answers/stream-words.ts";

const surface = (stream: boolean): ModelSurface => ({
  name: "bedrock.converse",
  codec: converseClient,
  // Answers of Converse have no id in their bodies.
  idPrefix: "",
  requestIdHeader: "x-amzn-requestid",
  stream: eventStreamWords(converseClient),
  said: (_head, { id = "" }) => ({
    surface: "bedrock.converse",
    path: { model: checkModelName(id, "modelId"), stream },
  }),
});

/** `POST /model/{id}/converse` */
export const converse: ModelSurface = surface(false);

/** `POST /model/{id}/converse-stream` */
export const converseStream: ModelSurface = surface(true);
