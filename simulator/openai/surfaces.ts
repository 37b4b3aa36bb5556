import type { Surface } from "../dialect.ts";
import { EmbeddingAnswer } from "../embedding/embedding-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { ChatStream } from "./chat-stream.ts";
import { openai } from "./dialect.ts";
import { embeddingWords } from "./embedding-words.ts";
import { ChatAnswer } from "./plain-answer.ts";
import { readEmbeddings, type OpenAiEmbedding } from "./read-embeddings.ts";
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

/** Whoever asks gets vectors of what it asks with. */
const embeddings: Surface = {
  ...chatCompletions,
  path: "/v1/embeddings",
  idPrefix: "",
  isCount: true,
  parse: ({ body }) => readEmbeddings(body),
  prepare(question) {
    // It was read by this surface.
    const asked = question as OpenAiEmbedding;
    return new PreparedPlain(new EmbeddingAnswer(embeddingWords(asked), asked));
  },
};

/** What is served of OpenAI's API. */
export const openaiSurfaces: readonly Surface[] = [chatCompletions, embeddings];
