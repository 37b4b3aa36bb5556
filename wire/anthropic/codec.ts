import type { ClientCodec, ProviderCodec } from "../canonical/codec.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { readCredential } from "./credential.ts";
import { cutStream } from "./cut-stream.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { MessageStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { MessageStreamEncoder } from "./encode-stream.ts";
import { encodeError } from "./errors.ts";
import { readMessagesRequest, type MessageRequest } from "./message-request.ts";
import { MessageStreamObserver } from "./observe-stream.ts";
import { readFault } from "./provider-fault.ts";
import { writeMessagesRequest } from "./write-request.ts";

/** Clients of `POST /v1/messages`. */
export const messagesClient: ClientCodec<MessageRequest> = {
  readCredential,
  readRequest: readMessagesRequest,
  encodeAnswer,
  streamEncoder: (context) => new MessageStreamEncoder(context),
  encodeError,
};

/** Providers that serve `POST /v1/messages`, told this version of the API. */
export const messagesProvider = (apiVersion: ApiVersion): ProviderCodec => ({
  writeRequest: (request, model) => writeMessagesRequest(request, { model, apiVersion }),
  streamContentType: "text/event-stream",
  streamEnd: null,
  cutStream,
  framer: () => new SseScanner(),
  streamDecoder: (sink) => new MessageStreamDecoder(sink),
  streamObserver: (_, proven) => new MessageStreamObserver(proven),
  decodeAnswer,
  observeAnswer,
  readFault,
});
