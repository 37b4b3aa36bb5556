import type { ProviderCodec } from "../canonical/codec.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { PartStreamDecoder } from "./decode-stream.ts";
import { PartFramer } from "./part-framer.ts";
import { writeCall } from "./write-request.ts";

/** What is read of an answer that no client speaks the words of. */
export type TranslatedAnswer = Pick<
  ProviderCodec,
  "streamContentType" | "framer" | "streamDecoder" | "decodeAnswer"
>;

/**
 * Models of the AI SDK's specification. There are no bytes between them and the gateway: a call is
 * an object, and each part of an answer is handed over as JSON.
 */
export const sdkProvider = {
  writeRequest: writeCall,
  streamContentType: "application/json",
  framer: () => new PartFramer(),
  streamDecoder: (sink) => new PartStreamDecoder(sink),
  decodeAnswer,
} as const satisfies TranslatedAnswer & { readonly writeRequest: typeof writeCall };
