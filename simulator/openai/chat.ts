import type { Behaviour } from "../behaviour.ts";
import type { CallFacts, Dialect, Prepared } from "../dialect.ts";
import type { Question } from "../question.ts";
import type { Reply } from "../reply.ts";
import type { Script } from "../script.ts";
import { answerlessScript, eventStream, json } from "./answerless.ts";
import { ChatChunks } from "./chat-chunks.ts";
import { refusalScript } from "./errors.ts";
import { PlainAnswer } from "./plain-answer.ts";
import { plainScript } from "./plain-script.ts";
import { readChat } from "./read-chat.ts";
import type { StreamedAnswer } from "./stream-call.ts";
import { streamScript } from "./stream-script.ts";

class PreparedStream implements Prepared {
  readonly reply: Reply;
  readonly #answer: StreamedAnswer;

  constructor(question: Question, reply: Reply) {
    this.reply = reply;
    this.#answer = { question, reply, chunks: new ChatChunks(question, reply) };
  }

  script(facts: CallFacts, behaviour: Behaviour): Script {
    return (
      answerlessScript(facts, behaviour, eventStream) ??
      streamScript(this.#answer, facts, behaviour)
    );
  }
}

class PreparedPlain implements Prepared {
  readonly reply: Reply;
  readonly #answer: PlainAnswer;

  constructor(question: Question, reply: Reply) {
    this.reply = reply;
    this.#answer = new PlainAnswer(question, reply);
  }

  script(facts: CallFacts, behaviour: Behaviour): Script {
    return answerlessScript(facts, behaviour, json) ?? plainScript(this.#answer, facts, behaviour);
  }
}

/** OpenAI's chat completions. */
export const openaiChat: Dialect = {
  path: "/v1/chat/completions",
  idPrefix: "chatcmpl-",
  parse: readChat,
  prepare: (question, reply) =>
    question.stream ? new PreparedStream(question, reply) : new PreparedPlain(question, reply),
  refuse: refusalScript,
};
