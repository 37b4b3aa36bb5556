import { MessageAnswer } from "../anthropic/plain-answer.ts";
import { MessageWords } from "../anthropic/stream-words.ts";
import type { CallFacts, Prepared } from "../dialect.ts";
import { EmbeddingAnswer } from "../embedding/embedding-answer.ts";
import { isEmbedding } from "../embedding/embedding-question.ts";
import type { Question } from "../question.ts";
import type { Reply } from "../reply.ts";
import { EventAnswer, type EventWords } from "../script/event-answer.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { bedrock } from "./dialect.ts";
import { cohereVectors, titanVectors } from "./embedding-words.ts";
import { chunkFraming, claudeFraming } from "./framing.ts";
import { novaWords } from "./nova-words.ts";
import { ConverseAnswer } from "./plain-answer.ts";
import { isCohere } from "./read-embedding.ts";
import type { Family, NativeQuestion } from "./read-invoke.ts";
import { signer } from "./stream-words.ts";
import { TitanAnswer, titanWords } from "./titan-answer.ts";
import { usageHeaders } from "./usage.ts";

/** Families whose models answer in words. */
type Speaking = Exclude<Family, "titan-embed" | "cohere-embed">;

const headers = ({ tokens }: CallFacts): readonly string[] => usageHeaders(tokens);

const answers: Readonly<Record<Speaking, (model: string, reply: Reply) => PlainAnswer>> = {
  claude: (model, reply) => new MessageAnswer({ dialect: bedrock, model, signer, reply, headers }),
  nova: (_, reply) => new ConverseAnswer(reply, headers),
  titan: (_, reply) => new TitanAnswer(reply),
};

const words: Readonly<Record<Speaking, (model: string) => EventWords>> = {
  claude: (model) => new MessageWords(model, signer),
  nova: () => novaWords,
  titan: () => titanWords,
};

/** The others are told apart by their texts. */
const isSpeaking = (
  question: Question,
): question is NativeQuestion & { readonly family: Speaking } => "family" in question;

/** A native answer in the words of the model's family. */
export const prepareNative = (question: Question, reply: Reply): Prepared => {
  if (isEmbedding(question)) {
    const vectors = isCohere(question) ? cohereVectors(question) : titanVectors(question);
    return new PreparedPlain(new EmbeddingAnswer(vectors, question));
  }
  const family = isSpeaking(question) ? question.family : "claude";
  const { model, stream } = question;
  if (!stream) return new PreparedPlain(answers[family](model, reply));
  const framing = family === "claude" ? claudeFraming : chunkFraming;
  const parts = { dialect: bedrock, words: words[family](model), framing };
  return new PreparedStream(new EventAnswer(parts, reply));
};
