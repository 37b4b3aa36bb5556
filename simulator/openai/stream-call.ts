import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { Question } from "../question.ts";
import type { Reply } from "../reply.ts";
import { RepeatedFrames, type Head, type Step } from "../script.ts";
import { eventStream } from "./answerless.ts";
import type { ChatChunks } from "./chat-chunks.ts";
import { errorFaults } from "./errors.data.ts";
import { errorJson } from "./errors.ts";

const done = "data: [DONE]\n\n";
const hugeLineBytes = 64 * 2 ** 20;
const hugeLineStep = 64 * 2 ** 10;
/** Into the opening of the terminal frame: its line stops in the middle. */
const truncatedLength = 60;

/** What stays the same over all calls of one streamed answer. */
export interface StreamedAnswer {
  readonly question: Question;
  readonly reply: Reply;
  readonly chunks: ChatChunks;
}

/** One call of a streamed answer: the parts from which faults and pace make a script. */
export class StreamCall {
  readonly #answer: StreamedAnswer;
  readonly #behaviour: Behaviour;
  readonly #opening: string;
  readonly #id: string;

  constructor(answer: StreamedAnswer, facts: CallFacts, behaviour: Behaviour) {
    this.#answer = answer;
    this.#behaviour = behaviour;
    this.#opening = answer.chunks.opening(facts);
    this.#id = facts.id;
  }

  headWith(more: readonly string[]): Head {
    const own = ["content-type", eventStream, "cache-control", "no-cache", "x-request-id"];
    return { status: 200, headers: [...own, this.#id, ...more] };
  }

  /** Everything in one write. */
  whole(): Step {
    const tokens = this.#answer.reply.tokens.output;
    return { do: "whole", head: this.headWith([]), body: this.text(), tokens };
  }

  /** The wait for the first token, and the head. */
  waitAndHead(more: readonly string[] = []): Step[] {
    const wait: Step = { do: "wait", ms: this.#behaviour.firstTokenMs, tokens: 0 };
    return [wait, { do: "head", head: this.headWith(more) }];
  }

  /** The wait, the head, the roles. */
  begin(more: readonly string[] = []): Step[] {
    const roles = this.#answer.chunks.roles.map((tail) => this.#opening + tail);
    return [...this.waitAndHead(more), this.send(roles.join(""))];
  }

  /** The content up to where the fault strikes. */
  untilStrike(): Step {
    return this.#run(0, this.#strike());
  }

  fromStrike(): Step {
    return this.#run(this.#strike(), this.#answer.chunks.tails.length);
  }

  content(): Step {
    return this.#run(0, this.#answer.chunks.tails.length);
  }

  endlessContent(): Step {
    const frames = this.#answer.chunks.endlessFrames(this.#opening);
    return { do: "run", frames, framesPerSecond: this.#behaviour.tokensPerSecond };
  }

  /** The frames behind the content, with the terminal. */
  closing(): string {
    const { question, reply, chunks } = this.#answer;
    const tails = chunks.closing(question, reply, this.#behaviour.fault);
    return tails.map((tail) => this.#opening + tail).join("") + done;
  }

  /** A few frames of content, as text. */
  someContent(): string {
    const frames = this.#answer.chunks.frames(this.#opening, 0, this.#answer.chunks.tails.length);
    return frames.slice(0, Math.min(3, frames.length)).toString();
  }

  text(): string {
    return this.#opening + this.#answer.chunks.all.join(this.#opening) + done;
  }

  send(data: string): Step {
    return { do: "send", data, tokens: 0 };
  }

  sendAll(data: string | Buffer): Step {
    return { do: "send", data, tokens: this.#answer.reply.tokens.output };
  }

  sendError(): Step {
    return this.send(`data: ${errorJson(errorFaults["500"])}\n\n`);
  }

  sendBroken(): Step {
    return this.send(`${this.#opening}{"index":0,"delta":{"content":"lo\n\n`);
  }

  sendTruncated(): Step {
    return this.send(this.closing().slice(0, truncatedLength));
  }

  hugeLine(): Step[] {
    const bytes = this.#behaviour.faultBytes ?? hugeLineBytes;
    const data = Buffer.alloc(Math.min(bytes, hugeLineStep), "a");
    const frames = new RepeatedFrames(data, Math.ceil(bytes / data.length), 0);
    return [
      this.send(`${this.#opening}{"index":0,"delta":{"content":"`),
      { do: "run", frames, framesPerSecond: null },
      this.send(`"},"logprobs":null,"finish_reason":null}]}\n\n`),
    ];
  }

  #strike(): number {
    return this.#answer.chunks.chunksFor(this.#behaviour.afterTokens);
  }

  #run(from: number, to: number): Step {
    const frames = this.#answer.chunks.frames(this.#opening, from, to);
    return { do: "run", frames, framesPerSecond: this.#behaviour.tokensPerSecond };
  }
}
