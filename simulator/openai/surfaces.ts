import type { Surface } from "../dialect.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { ChatStream } from "./chat-stream.ts";
import { openai } from "./dialect.ts";
import { ChatAnswer } from "./plain-answer.ts";
import { readChat } from "./read-request.ts";

const chatCompletions: Surface = {
  dialect: openai,
  path: "/v1/chat/completions",
  idPrefix: "chatcmpl-",
  versionHeader: null,
  isCount: false,
  parse: ({ body }) => readChat(body),
  prepare: (question, reply) =>
    question.stream
      ? new PreparedStream(new ChatStream(question, reply))
      : new PreparedPlain(new ChatAnswer(question, reply)),
};

/** What is served of OpenAI's API. */
export const openaiSurfaces: readonly Surface[] = [chatCompletions];
