import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { plainChatClient } from "@sekisho/wire/chat/codec.ts";
import type { PlainChatSetup } from "@sekisho/wire/chat/plain-chat-request.ts";
import type { ModelSurface } from "./answers/model-surface.ts";

/** SEC-4: the largest body of a chat. */
export const chatBodyBytesLimit = 65_536;

export interface PlainChatParts {
  readonly setup: PlainChatSetup;
  /** Whose call it is when no credential is shown; null where that is nobody's. */
  readonly keyless: (head: RequestHead) => Principal | null;
}

/** `POST /chat`: a text in, a text out (REF-9) */
export const plainChat = ({ setup, keyless }: PlainChatParts): ModelSurface => ({
  name: "chat",
  codec: plainChatClient,
  // Answers have no id in their bodies.
  idPrefix: "",
  requestIdHeader: "x-request-id",
  stream: null,
  said: () => ({ surface: "chat", setup }),
  keyless,
});
