import { checkModelName } from "@sekisho/gateway/model-name.ts";
import { converseClient } from "@sekisho/wire/bedrock/codec.ts";
import { heartbeatFrame } from "@sekisho/wire/bedrock/encode-stream.ts";
import { eventStreamHeaders } from "../../answer-headers.ts";
import type { ModelSurface } from "../../model-surface.ts";

const surface = (stream: boolean): ModelSurface => ({
  name: "bedrock.converse",
  codec: converseClient,
  // Answers of Converse have no id in their bodies.
  idPrefix: "",
  requestIdHeader: "x-amzn-requestid",
  streamHeaders: eventStreamHeaders,
  heartbeat: heartbeatFrame,
  said: (_head, { id = "" }) => ({
    surface: "bedrock.converse",
    path: { model: checkModelName(id, "modelId"), stream },
  }),
});

/** `POST /model/{id}/converse` */
export const converse: ModelSurface = surface(false);

/** `POST /model/{id}/converse-stream` */
export const converseStream: ModelSurface = surface(true);
