import type { Behaviour } from "../behaviour.ts";
import type { CallFacts, Prepared } from "../dialect.ts";
import type { Reply } from "../reply.ts";
import type { Script } from "../script.ts";
import { answerlessScript } from "./answerless.ts";
import type { PlainAnswer } from "./plain-answer.ts";
import { plainScript } from "./plain-script.ts";
import { streamScript } from "./stream-script.ts";
import type { StreamedAnswer } from "./streamed-answer.ts";
import { json } from "./whole-answers.ts";

/** An answer that may leave as a stream. */
export class PreparedStream implements Prepared {
  readonly reply: Reply;
  readonly #answer: StreamedAnswer;

  constructor(answer: StreamedAnswer) {
    this.reply = answer.reply;
    this.#answer = answer;
  }

  script(facts: CallFacts, behaviour: Behaviour): Script {
    const { contentType, dialect } = this.#answer;
    const inVain =
      behaviour.fault === null
        ? null
        : answerlessScript({ dialect, facts, behaviour, contentType });
    return inVain ?? streamScript(this.#answer, facts, behaviour);
  }
}

/** An answer that may leave in one piece. */
export class PreparedPlain implements Prepared {
  readonly reply: Reply;
  readonly #answer: PlainAnswer;

  constructor(answer: PlainAnswer) {
    this.reply = answer.reply;
    this.#answer = answer;
  }

  script(facts: CallFacts, behaviour: Behaviour): Script {
    const { dialect } = this.#answer;
    const inVain =
      behaviour.fault === null
        ? null
        : answerlessScript({ dialect, facts, behaviour, contentType: json });
    return inVain ?? plainScript(this.#answer, facts, behaviour);
  }
}
