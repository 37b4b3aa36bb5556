import { checkModelName } from "@sekisho/gateway/model-name.ts";
import { converseClient } from "@sekisho/wire/bedrock/codec.ts";
import { encodeTokenCount } from "@sekisho/wire/bedrock/count-tokens.ts";
import type { CountingSurface } from "../../answers/model-surface.ts";

/** `POST /model/{id}/count-tokens` */
export const countTokens: CountingSurface = {
  name: "bedrock.countTokens",
  codec: converseClient,
  requestIdHeader: "x-amzn-requestid",
  said: (_head, { id = "" }) => ({
    surface: "bedrock.countTokens",
    path: { model: checkModelName(id, "modelId"), stream: false },
  }),
  encodeCount: encodeTokenCount,
};
