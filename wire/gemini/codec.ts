import type { ClientCodec, ProviderCodec } from "../canonical/codec.ts";
import type { PathFacts } from "../canonical/path-facts.ts";
import { ChunkFramer } from "./chunk-framer.ts";
import { readCredential } from "./credential.ts";
import { cutStream } from "./cut-stream.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { GenerateStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { GenerateStreamEncoder } from "./encode-stream.ts";
import { encodeError } from "./errors.ts";
import { readGenerateRequest, type GenerateRequest } from "./generate-request.ts";
import { GenerateStreamObserver } from "./observe-stream.ts";
import { readFault } from "./provider-fault.ts";
import { writeGenerateRequest } from "./write-request.ts";

/** Clients of `POST …/models/{model}:generateContent` and `:streamGenerateContent?alt=sse`. */
export const generateClient: ClientCodec<GenerateRequest, PathFacts> = {
  readCredential,
  readRequest: readGenerateRequest,
  encodeAnswer,
  streamEncoder: (context) => new GenerateStreamEncoder(context),
  encodeError,
};

/** Gemini. Model and streaming stand in the path. */
export const generateProvider: ProviderCodec = {
  writeRequest: writeGenerateRequest,
  streamContentType: "text/event-stream",
  streamEnd: "",
  cutStream,
  framer: () => new ChunkFramer(),
  streamDecoder: (sink) => new GenerateStreamDecoder(sink),
  streamObserver: (choices, proven) => new GenerateStreamObserver(choices, proven),
  decodeAnswer,
  observeAnswer,
  readFault,
};
