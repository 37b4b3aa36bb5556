import type { AnthropicHead } from "@sekisho/gateway/request.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { readApiVersion } from "@sekisho/wire/anthropic/claude/api-version.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { rateHeaders } from "@sekisho/wire/anthropic/rate-headers.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { sseWords } from "../answers/stream-words.ts";

/** `POST /v1/messages` */
export const messages: ModelSurface = {
  name: "anthropic.messages",
  codec: messagesClient,
  idPrefix: "msg_",
  requestIdHeader: "request-id",
  rateHeaders,
  stream: sseWords(messagesClient),
  said: (head) => ({ surface: "anthropic.messages", head: readHead(head) }),
};

/** What clients of this dialect say in headers. Throws Failure. */
export function readHead(head: RequestHead): AnthropicHead {
  const version = readApiVersion((name) => head.header(name));
  if (!version.ok) {
    throw new Failure<Code>(version.code, version.message, { param: "anthropic-version" });
  }
  return { apiVersion: version.value, betas: head.header("anthropic-beta") ?? null };
}
