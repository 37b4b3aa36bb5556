import type { Question } from "../question.ts";
import { countTokens } from "../tokenizer.ts";

/** A text, or what stands for one. */
export interface EmbeddedText {
  readonly text: string;
  readonly tokens: number;
}

/** A request for vectors. */
export interface EmbeddingQuestion extends Question {
  readonly texts: readonly EmbeddedText[];
  readonly dimensions: number;
}

export const textOf = (text: string): EmbeddedText => ({ text, tokens: countTokens(text) });

export const isEmbedding = (question: Question): question is EmbeddingQuestion =>
  "texts" in question;

/** Nobody answers: of a prompt it has but the texts, where markers may stand. */
export const embeddingQuestion = (
  model: string,
  texts: readonly EmbeddedText[],
  dimensions: number,
): EmbeddingQuestion => ({
  model,
  texts,
  dimensions,
  stream: false,
  streamUsage: false,
  turns: texts.map(({ text }) => ({
    role: "user",
    text,
    images: [],
    documents: [],
    calls: [],
  })),
  tools: [],
  toolUse: { kind: "none" },
  parallelTools: false,
  format: { kind: "text" },
  stop: [],
  maxTokens: null,
  choices: 1,
  thinking: false,
  cuts: [],
});
