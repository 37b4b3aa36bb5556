import type { ProviderCodec } from "../canonical/codec.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { PartStreamDecoder } from "./decode-stream.ts";
import { PartFramer } from "./part-framer.ts";
import type { ProofSeal } from "./proof.ts";
import { writeCall } from "./write-request.ts";

/** What is read of an answer that no client speaks the words of. */
export type TranslatedAnswer = Pick<
  ProviderCodec,
  "streamContentType" | "framer" | "streamDecoder" | "decodeAnswer"
>;

export interface SdkCodec extends TranslatedAnswer {
  writeRequest(request: CanonicalRequest): ReturnType<typeof writeCall>;
}

/**
 * Models of the AI SDK's specification. There are no bytes between them and the gateway: a call is
 * an object, and each part of an answer is handed over as JSON.
 */
export const sdkProvider = (seal: ProofSeal): SdkCodec => ({
  writeRequest: (request) => writeCall(request, seal),
  streamContentType: "application/json",
  framer: () => new PartFramer(),
  streamDecoder: (sink) => new PartStreamDecoder(sink, seal),
  decodeAnswer: (bytes) => decodeAnswer(bytes, seal),
});
