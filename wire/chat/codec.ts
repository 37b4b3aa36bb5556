import { readCredential } from "../anthropic/credential.ts";
import type { ClientCodec } from "../canonical/codec.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { encodeError } from "./errors.ts";
import {
  readPlainChatRequest,
  type PlainChatRequest,
  type PlainChatSetup,
} from "./plain-chat-request.ts";

/** Clients of `POST /chat`, whose answers are whole always. */
export const plainChatClient: Omit<
  ClientCodec<PlainChatRequest, PlainChatSetup>,
  "streamEncoder"
> = {
  readCredential,
  readRequest: readPlainChatRequest,
  encodeAnswer,
  encodeError,
};
