import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readCountRequest, readMessagesRequest } from "@sekisho/wire/anthropic/message-request.ts";
import { ConverseRequest, readConverseRequest } from "@sekisho/wire/bedrock/converse-request.ts";
import { readCountRequest as readBedrockCount } from "@sekisho/wire/bedrock/count-tokens.ts";
import { readEmbeddingInvocation } from "@sekisho/wire/bedrock/embedding/embedding-invocation.ts";
import { readInvokeRequest } from "@sekisho/wire/bedrock/invoke/invoke-request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { readPlainChatRequest } from "@sekisho/wire/chat/plain-chat-request.ts";
import { readCountRequest as readGeminiCount } from "@sekisho/wire/gemini/count-tokens.ts";
import { readGenerateRequest } from "@sekisho/wire/gemini/generate-request.ts";
import { readLibraryRequest } from "@sekisho/wire/library/library-request.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { readCompletionsRequest } from "@sekisho/wire/openai/completions-request.ts";
import { readEmbeddingRequest } from "@sekisho/wire/openai/embedding/embedding-request.ts";
import { readModerationRequest } from "@sekisho/wire/openai/moderation-request.ts";
import { readResponsesRequest } from "@sekisho/wire/responses/responses-request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { StartDialect } from "@sekisho/wire/stream/client-frame.ts";
import type { CountHead, EmbeddingHead, SurfaceHead, SurfaceRequest } from "../request.ts";

/** Reads a body in the words of its surface. Throws Failure with the field at fault. */
export function validate(said: SurfaceHead, body: Buffer): SurfaceRequest {
  switch (said.surface) {
    case "openai.chat":
      return { surface: said.surface, read: valueOf(readChatRequest(body)) };
    case "openai.completions":
      return { surface: said.surface, read: valueOf(readCompletionsRequest(body)) };
    case "openai.responses":
      return {
        surface: said.surface,
        read: valueOf(readResponsesRequest(said.expand?.(body) ?? body)),
      };
    case "openai.moderations":
      // A chat of ours, in which a model judges the input.
      return { surface: said.surface, read: valueOf(readModerationRequest(body, said.setup)) };
    case "anthropic.messages":
      return { ...said, read: valueOf(readMessagesRequest(body)) };
    case "bedrock.converse":
      return { surface: said.surface, read: valueOf(readConverseRequest(body, said.path)) };
    case "bedrock.invoke":
      return {
        surface: said.surface,
        head: said.head,
        read: valueOf(readInvokeRequest(body, said.path)),
      };
    case "gemini.generateContent":
      return { surface: said.surface, read: valueOf(readGenerateRequest(body, said.path)) };
    case "chat":
      return { surface: said.surface, read: valueOf(readPlainChatRequest(body, said.setup)) };
    case "stream":
      return { surface: said.surface, read: startRequest(said.dialect, body) };
    case "library":
      return { surface: said.surface, read: valueOf(readLibraryRequest(body)) };
  }
}

/** The request of a session's `start` frame, in the words that the frame names. */
function startRequest(dialect: StartDialect, body: Buffer) {
  switch (dialect) {
    case "openai":
      return valueOf(readChatRequest(body));
    case "anthropic":
      return valueOf(readMessagesRequest(body));
    case "responses":
      return valueOf(readResponsesRequest(body));
  }
}

/**
 * Reads the body of a count as the model request whose tokens it asks for. Throws Failure with the
 * field at fault.
 */
export function validateCount(said: CountHead, body: Buffer): SurfaceRequest {
  switch (said.surface) {
    case "anthropic.countTokens":
      return {
        surface: "anthropic.messages",
        head: said.head,
        read: valueOf(readCountRequest(body)),
      };
    case "bedrock.countTokens": {
      const read = valueOf(readBedrockCount(body, said.path));
      return read instanceof ConverseRequest
        ? { surface: "bedrock.converse", read }
        : { surface: "bedrock.invoke", read, head: { headers: new Map() } };
    }
    case "gemini.countTokens":
      return {
        surface: "gemini.generateContent",
        read: valueOf(readGeminiCount(body, said.path)),
      };
  }
}

/** Reads the body of a request for vectors. Throws Failure with the field at fault. */
export function validateEmbedding(said: EmbeddingHead, body: Buffer): SurfaceRequest {
  switch (said.surface) {
    case "openai.embeddings":
      return { surface: said.surface, read: valueOf(readEmbeddingRequest(body)) };
    case "bedrock.invoke":
      return {
        surface: said.surface,
        head: said.head,
        read: valueOf(readEmbeddingInvocation(body, said.path)),
      };
  }
}

function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { path } = parsed;
  throw new Failure<Code>(parsed.code, parsed.message, path === null ? {} : { param: path });
}
