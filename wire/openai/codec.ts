import type { ClientCodec, ProviderCodec } from "../canonical/codec.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { readChatRequest, type ChatRequest } from "./chat-request.ts";
import { encodeCompletion, CompletionsStreamEncoder } from "./completions-answer.ts";
import { readCompletionsRequest, type CompletionsRequest } from "./completions-request.ts";
import { readCredential } from "./credential.ts";
import { cutStream } from "./cut-stream.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { ChatStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";
import { encodeError } from "./errors.ts";
import { ChatStreamObserver } from "./observe-stream.ts";
import { readFault } from "./provider-fault.ts";
import type { MaxTokensKey } from "./rewrite-body.ts";
import { writeChatRequest } from "./write-request.ts";

/** Clients of `POST /v1/chat/completions`. */
export const chatClient: ClientCodec<ChatRequest> = {
  readCredential,
  readRequest: readChatRequest,
  encodeAnswer,
  streamEncoder: (context) => new ChatStreamEncoder(context),
  encodeError,
};

/** Clients of `POST /v1/completions`. */
export const completionsClient: ClientCodec<CompletionsRequest> = {
  readCredential,
  readRequest: readCompletionsRequest,
  encodeAnswer: encodeCompletion,
  streamEncoder: (context) => new CompletionsStreamEncoder(context),
  encodeError,
};

/** Providers that serve `POST /v1/chat/completions`. */
export const chatProvider = (maxTokensKey: MaxTokensKey): ProviderCodec => ({
  writeRequest: (request, model) => writeChatRequest(request, { model, maxTokensKey }),
  streamContentType: "text/event-stream",
  streamEnd: "data: [DONE]\n\n",
  cutStream,
  framer: () => new SseScanner(),
  streamDecoder: (sink) => new ChatStreamDecoder(sink),
  streamObserver: (choices) => new ChatStreamObserver(choices),
  decodeAnswer,
  observeAnswer,
  readFault,
});
