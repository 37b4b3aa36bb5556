import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readMessagesRequest } from "@sekisho/wire/anthropic/message-request.ts";
import { readConverseRequest } from "@sekisho/wire/bedrock/converse-request.ts";
import { readInvokeRequest } from "@sekisho/wire/bedrock/invoke-request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { readCompletionsRequest } from "@sekisho/wire/openai/completions-request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { SurfaceHead, SurfaceRequest } from "../request.ts";

/** Reads a body in the words of its surface. Throws Failure with the field at fault. */
export function validate(said: SurfaceHead, body: Buffer): SurfaceRequest {
  switch (said.surface) {
    case "openai.chat":
      return { surface: said.surface, read: valueOf(readChatRequest(body)) };
    case "openai.completions":
      return { surface: said.surface, read: valueOf(readCompletionsRequest(body)) };
    case "anthropic.messages":
      return { ...said, read: valueOf(readMessagesRequest(body)) };
    case "bedrock.converse":
      return { surface: said.surface, read: valueOf(readConverseRequest(body, said.path)) };
    case "bedrock.invoke":
      return { surface: said.surface, read: valueOf(readInvokeRequest(body, said.path)) };
  }
}

function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { path } = parsed;
  throw new Failure<Code>(parsed.code, parsed.message, path === null ? {} : { param: path });
}
