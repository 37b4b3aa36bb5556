import { encodeTokenCount } from "@sekisho/wire/anthropic/count-tokens.ts";
import { rateHeaders } from "@sekisho/wire/anthropic/rate-headers.ts";
import type { CountingSurface } from "../../answers/model-surface.ts";
import { messages, readHead } from "../messages.ts";

/** `POST /v1/messages/count_tokens` */
export const countTokens: CountingSurface = {
  name: "anthropic.countTokens",
  codec: messages.codec,
  requestIdHeader: messages.requestIdHeader,
  rateHeaders,
  said: (head) => ({ surface: "anthropic.countTokens", head: readHead(head) }),
  encodeCount: encodeTokenCount,
};
