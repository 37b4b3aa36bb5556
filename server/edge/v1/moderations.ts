import type { SurfaceHead } from "@sekisho/gateway/request.ts";
import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { rateHeaders } from "@sekisho/wire/openai/rate-headers.ts";
import type { ClientSurface } from "../answers/model-surface.ts";

type ModerationHead = Extract<SurfaceHead, { surface: "openai.moderations" }>;

/** `POST /v1/moderations`, but for what its requests say outside of their bodies. */
export const moderations: Omit<ClientSurface<ModerationHead>, "said"> = {
  name: "openai.moderations",
  codec: chatClient,
  requestIdHeader: "x-request-id",
  rateHeaders,
};
