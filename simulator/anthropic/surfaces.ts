import type { Surface } from "../dialect.ts";
import { CountAnswer } from "../script/count-answer.ts";
import { EventAnswer } from "../script/event-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { countPrompt } from "../tokenizer.ts";
import { anthropic } from "./dialect.ts";
import { messageFraming } from "./framing.ts";
import { MessageAnswer } from "./plain-answer.ts";
import { readMessage } from "./read-request.ts";
import { MessageWords } from "./stream-words.ts";

const signer = "anthropic";
const noHeaders = (): readonly string[] => [];

const messages: Surface = {
  dialect: anthropic,
  path: "/v1/messages",
  idPrefix: "msg_",
  versionHeader: "anthropic-version",
  isCount: false,
  parse: ({ body, version }) =>
    readMessage(body, { version, model: null, stream: null, needsLimit: true, signer }),
  prepare: (question, reply) => {
    const { model } = question;
    if (!question.stream) {
      const parts = { dialect: anthropic, model, signer, reply, headers: noHeaders };
      return new PreparedPlain(new MessageAnswer(parts));
    }
    const words = new MessageWords(model, signer);
    const parts = { dialect: anthropic, words, framing: messageFraming };
    return new PreparedStream(new EventAnswer(parts, reply));
  },
};

const countTokens: Surface = {
  ...messages,
  path: "/v1/messages/count_tokens",
  isCount: true,
  parse: ({ body, version }) =>
    readMessage(body, { version, model: null, stream: false, needsLimit: false, signer }),
  prepare: (question) =>
    new PreparedPlain(new CountAnswer(anthropic, "input_tokens", countPrompt(question))),
};

/** What is served of Anthropic's API. */
export const anthropicSurfaces: readonly Surface[] = [messages, countTokens];
