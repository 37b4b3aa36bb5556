import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";
import { joined, RepeatedFrames, type Data, type Frames, type Head, type Step } from "../script.ts";
import type { CallFrames, StreamedAnswer } from "./streamed-answer.ts";

const hugeLineBytes = 64 * 2 ** 20;
/** Enough to look like content that goes on. */
const someFrames = 3;

/** One call of a streamed answer: the parts from which faults and pace make a script. */
export class StreamCall {
  readonly frames: CallFrames;
  readonly #answer: StreamedAnswer;
  readonly #behaviour: Behaviour;
  readonly #id: string;

  constructor(answer: StreamedAnswer, facts: CallFacts, behaviour: Behaviour) {
    this.#answer = answer;
    this.#behaviour = behaviour;
    this.#id = answer.dialect.requestId(facts.id);
    this.frames = answer.begin(facts, behaviour.fault);
  }

  headWith(more: readonly string[]): Head {
    const { contentType, dialect } = this.#answer;
    const own = ["content-type", contentType, "cache-control", "no-cache", dialect.idHeader];
    return { status: 200, headers: [...own, this.#id, ...more] };
  }

  /** Everything in one write. */
  whole(): Step {
    const tokens = this.#answer.reply.tokens.output;
    return { do: "whole", head: this.headWith([]), body: this.frames.whole(), tokens };
  }

  /** The wait for the first token, and the head. */
  waitAndHead(more: readonly string[] = []): Step[] {
    const wait: Step = { do: "wait", ms: this.#behaviour.firstTokenMs, tokens: 0 };
    return [wait, { do: "head", head: this.headWith(more) }];
  }

  /** The wait, the head, the roles. */
  begin(more: readonly string[] = []): Step[] {
    return [...this.waitAndHead(more), this.send(this.frames.opening)];
  }

  /** The fault strikes before the first token. */
  get strikesFirst(): boolean {
    return this.#behaviour.afterTokens === 0;
  }

  /** The content up to where the fault strikes. */
  untilStrike(): Step[] {
    return this.#run(0, this.#strike());
  }

  /** Everything up to where the fault strikes: behind so many events, or so many tokens. */
  beginUntilStrike(): Step[] {
    const { afterEvents } = this.#behaviour;
    if (afterEvents === null) return [...this.begin(), ...this.untilStrike()];
    const pieces = this.frames.events().slice(0, afterEvents);
    const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
    const data = joined(pieces.map((piece) => piece.data));
    const send: Step = { do: "send", data, tokens };
    return [...this.waitAndHead(), ...(pieces.length === 0 ? [] : [send])];
  }

  fromStrike(): Step[] {
    return this.#run(this.#strike(), this.frames.count);
  }

  content(): Step[] {
    return this.#run(0, this.frames.count);
  }

  endlessContent(): Step {
    return this.#runAll(this.frames.endless());
  }

  /** A few frames of content. */
  someContent(): Data {
    const frames = this.frames.content(0, this.frames.count);
    return frames.slice(0, Math.min(someFrames, frames.length));
  }

  closing(): Step {
    return this.send(this.frames.closing());
  }

  send(data: Data): Step {
    return { do: "send", data, tokens: 0 };
  }

  sendAll(data: Data): Step {
    return { do: "send", data, tokens: this.#answer.reply.tokens.output };
  }

  sendError(name: ErrorFault): Step {
    return this.send(this.frames.error(name));
  }

  hugeFrame(): Step[] {
    const huge = this.frames.huge(this.#behaviour.faultBytes ?? hugeLineBytes);
    const frames = new RepeatedFrames(huge.fill, huge.times, 0);
    return [
      this.send(huge.before),
      { do: "run", frames, framesPerSecond: null },
      this.send(huge.after),
    ];
  }

  #strike(): number {
    return this.frames.framesFor(this.#behaviour.afterTokens);
  }

  /** The content frames [from, to), with the pause where it falls behind one of them. */
  #run(from: number, to: number): Step[] {
    const { pauseAfter } = this.#behaviour;
    const pause = pauseAfter === null ? Infinity : this.frames.framesFor(pauseAfter);
    if (pause <= from || pause > to) return [this.#runAll(this.frames.content(from, to))];
    return [
      this.#runAll(this.frames.content(from, pause)),
      { do: "hold" },
      this.#runAll(this.frames.content(pause, to)),
    ];
  }

  #runAll(frames: Frames): Step {
    return { do: "run", frames, framesPerSecond: this.#behaviour.tokensPerSecond };
  }
}
