import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import { RepeatedFrames, type Head, type Step } from "../script.ts";
import type { PlainAnswer } from "./plain-answer.ts";
import { errorBodyStep, json, plainHead } from "./whole-answers.ts";

const hugeTextBytes = 64 * 2 ** 20;
const hugeTextStep = 64 * 2 ** 10;
const endlessTokens = 100_000_000;

/** One call of a plain answer: the parts from which faults and pace make a script. */
export class PlainCall {
  readonly body: string;
  readonly #answer: PlainAnswer;
  readonly #facts: CallFacts;
  readonly #behaviour: Behaviour;

  constructor(answer: PlainAnswer, facts: CallFacts, behaviour: Behaviour) {
    this.body = answer.body(facts, behaviour.fault);
    this.#answer = answer;
    this.#facts = facts;
    this.#behaviour = behaviour;
  }

  /** A plain answer leaves when its last token exists. */
  waits(): Step[] {
    const { firstTokenMs, tokensPerSecond, pauseAfter } = this.#behaviour;
    const tokens = this.#answer.reply.tokens.output;
    const ms = tokensPerSecond === null ? 0 : (tokens * 1000) / tokensPerSecond;
    return [
      { do: "wait", ms: firstTokenMs, tokens: 0 },
      { do: "wait", ms, tokens },
      ...(pauseAfter === null ? [] : [{ do: "hold" } as const]),
    ];
  }

  whole(body: string | Buffer, more: readonly string[] = []): Step {
    const head = this.#headFor(Buffer.byteLength(body));
    return {
      do: "whole",
      head: { ...head, headers: [...head.headers, ...more] },
      body,
      tokens: this.#answer.reply.tokens.output,
    };
  }

  head(): Step {
    return { do: "head", head: this.#headFor(Buffer.byteLength(this.body)) };
  }

  /** As much of the body as the fault lets through. */
  strikePart(): Step {
    return this.part(this.#behaviour.afterTokens / Math.max(1, this.#answer.reply.tokens.output));
  }

  /** The beginning of the body, never all of it. */
  part(share: number): Step {
    const bytes = Buffer.from(this.body);
    const length = Math.min(bytes.length - 1, Math.floor(bytes.length * share));
    return { do: "send", data: bytes.subarray(0, length), tokens: 0 };
  }

  errorBody(): Step {
    return errorBodyStep(this.#answer.dialect, this.#facts.id);
  }

  hugeText(): Step[] {
    const bytes = this.#behaviour.faultBytes ?? hugeTextBytes;
    const data = Buffer.alloc(Math.min(bytes, hugeTextStep), "a");
    const frames = new RepeatedFrames(data, Math.ceil(bytes / data.length), 0);
    const [before, after] = this.#answer.around(this.#facts);
    return [
      this.#openHead(),
      { do: "send", data: before, tokens: 0 },
      { do: "run", frames, framesPerSecond: null },
      { do: "send", data: after, tokens: 0 },
      { do: "end" },
    ];
  }

  endlessText(): Step[] {
    const frames = new RepeatedFrames(" and on", endlessTokens, 1);
    const [before] = this.#answer.around(this.#facts);
    const framesPerSecond = this.#behaviour.tokensPerSecond;
    return [
      this.#openHead(),
      { do: "send", data: before, tokens: 0 },
      { do: "run", frames, framesPerSecond },
    ];
  }

  #headFor(length: number): Head {
    const { dialect } = this.#answer;
    const head = plainHead(dialect, [200, json], { length, id: this.#facts.id });
    return { ...head, headers: [...head.headers, ...this.#answer.headers(this.#facts)] };
  }

  /** The head of a body whose length nobody knows. */
  #openHead(): Step {
    const { dialect } = this.#answer;
    const id = dialect.requestId(this.#facts.id);
    return {
      do: "head",
      head: { status: 200, headers: ["content-type", json, dialect.idHeader, id] },
    };
  }
}
