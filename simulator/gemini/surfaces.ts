import type { Surface } from "../dialect.ts";
import { EmbeddingAnswer } from "../embedding/embedding-answer.ts";
import type { EmbeddingQuestion } from "../embedding/embedding-question.ts";
import { CountAnswer } from "../script/count-answer.ts";
import { EventAnswer } from "../script/event-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { countPrompt } from "../tokenizer.ts";
import { gemini } from "./dialect.ts";
import { oneVector, vectorList } from "./embedding-words.ts";
import { chunkFraming } from "./framing.ts";
import { GenerateAnswer } from "./plain-answer.ts";
import { readBatchEmbed, readEmbed } from "./read-embedding.ts";
import { readCount, readGenerate } from "./read-request.ts";
import { ChunkWords, withWholeCalls } from "./stream-words.ts";

const generate = (method: string, stream: boolean): Surface => ({
  dialect: gemini,
  path: `/v1beta/models/{model}:${method}`,
  idPrefix: "",
  versionHeader: null,
  isCount: false,
  parse: ({ body, model }) => readGenerate(body, { model, stream }),
  prepare: ({ model }, reply) => {
    if (!stream) return new PreparedPlain(new GenerateAnswer(model, reply));
    const whole = withWholeCalls(reply);
    const words = new ChunkWords(model, whole.choices[0]);
    const parts = { dialect: gemini, words, framing: chunkFraming };
    return new PreparedStream(new EventAnswer(parts, whole));
  },
});

const countTokens: Surface = {
  ...generate("countTokens", false),
  isCount: true,
  parse: ({ body, model }) => readCount(body, { model, stream: false }),
  prepare: (question) =>
    new PreparedPlain(new CountAnswer(gemini, "totalTokens", countPrompt(question))),
};

const embedding = (method: string, read: typeof readEmbed, words: typeof oneVector): Surface => ({
  ...generate(method, false),
  isCount: true,
  parse: ({ body, model }) => read(body, model),
  prepare(question) {
    // It was read by this surface.
    const asked = question as EmbeddingQuestion;
    return new PreparedPlain(new EmbeddingAnswer(words, asked));
  },
});

/** What is served of Gemini's API. */
export const geminiSurfaces: readonly Surface[] = [
  generate("generateContent", false),
  generate("streamGenerateContent", true),
  countTokens,
  embedding("embedContent", readEmbed, oneVector),
  embedding("batchEmbedContents", readBatchEmbed, vectorList),
];
