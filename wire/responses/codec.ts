import type { ClientCodec } from "../canonical/codec.ts";
import { readCredential } from "../openai/credential.ts";
import { encodeError } from "../openai/errors.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { ResponsesStreamEncoder } from "./encode-stream.ts";
import { readResponsesRequest, type ResponsesRequest } from "./responses-request.ts";

/** Clients of `POST /v1/responses`: keys and errors are those of OpenAI's other surfaces. */
export const responsesClient: ClientCodec<ResponsesRequest> = {
  readCredential,
  readRequest: readResponsesRequest,
  encodeAnswer,
  streamEncoder: (context) => new ResponsesStreamEncoder(context),
  encodeError,
};
