import { MessageAnswer } from "../anthropic/plain-answer.ts";
import { MessageWords } from "../anthropic/stream-words.ts";
import type { CallFacts, Prepared } from "../dialect.ts";
import type { Question } from "../question.ts";
import type { Reply } from "../reply.ts";
import { EventAnswer, type EventWords } from "../script/event-answer.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { bedrock } from "./dialect.ts";
import { chunkFraming, claudeFraming } from "./framing.ts";
import { novaWords } from "./nova-words.ts";
import { ConverseAnswer } from "./plain-answer.ts";
import type { Family, NativeQuestion } from "./read-invoke.ts";
import { signer } from "./stream-words.ts";
import { TitanAnswer, titanWords } from "./titan-answer.ts";
import { usageHeaders } from "./usage.ts";

const headers = ({ tokens }: CallFacts): readonly string[] => usageHeaders(tokens);

const answers: Readonly<Record<Family, (model: string, reply: Reply) => PlainAnswer>> = {
  claude: (model, reply) => new MessageAnswer({ dialect: bedrock, model, signer, reply, headers }),
  nova: (_, reply) => new ConverseAnswer(reply, headers),
  titan: (_, reply) => new TitanAnswer(reply),
};

const words: Readonly<Record<Family, (model: string) => EventWords>> = {
  claude: (model) => new MessageWords(model, signer),
  nova: () => novaWords,
  titan: () => titanWords,
};

const isNative = (question: Question): question is NativeQuestion => "family" in question;

/** A native answer in the words of the model's family. */
export const prepareNative = (question: Question, reply: Reply): Prepared => {
  const family = isNative(question) ? question.family : "claude";
  const { model, stream } = question;
  if (!stream) return new PreparedPlain(answers[family](model, reply));
  const framing = family === "claude" ? claudeFraming : chunkFraming;
  const parts = { dialect: bedrock, words: words[family](model), framing };
  return new PreparedStream(new EventAnswer(parts, reply));
};
