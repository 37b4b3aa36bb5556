import type { CallFacts, Dialect } from "../dialect.ts";
import type { ErrorFault, FaultName } from "../faults.data.ts";
import type { Choice, Reply } from "../reply.ts";
import { joined, type Data, type Frames } from "../script.ts";
import { blocksOf, type Block } from "./blocks.ts";
import {
  hugeFill,
  type CallFrames,
  type EventPiece,
  type Corruption,
  type HugeFrame,
  type StreamedAnswer,
} from "./streamed-answer.ts";

/** One event of a stream: its name and its JSON. */
export interface StreamEvent {
  readonly name: string;
  readonly json: string;
}

/** What a dialect says in a stream of blocks. */
export interface EventWords {
  opening(facts: CallFacts, fault: FaultName | null): readonly StreamEvent[];
  start(index: number, block: Block): readonly StreamEvent[];
  delta(index: number, block: Block, piece: string): StreamEvent;
  stop(index: number, block: Block): readonly StreamEvent[];
  /** How many of the last events say that the answer is complete. */
  readonly terminals: number;
  closing(choice: Choice, facts: CallFacts, fault: FaultName | null): readonly StreamEvent[];
}

/** How events become bytes. */
export interface Framing {
  readonly contentType: string;
  frame(event: StreamEvent): Data;
  /** The last frame of a stream. */
  last(event: StreamEvent, facts: CallFacts): Data;
  error(name: ErrorFault, requestId: string): Data;
  /** The same events, framed in a legal but odd way. */
  odd(events: readonly StreamEvent[], facts: CallFacts): Data;
  /** Null where a frame has neither checksum nor length. */
  corrupt(event: StreamEvent, how: Corruption): Data | null;
  /** The event's JSON with a long text where `mark` stands in it. */
  huge(event: StreamEvent, mark: string, text: Pick<HugeFrame, "fill" | "times">): HugeFrame;
}

/** Frames may be many in one write; a write of this many is some tens of kilobytes. */
const framesPerWrite = 256;
const endlessFrames = 100_000_000;
const someText: Block = { kind: "text", pieces: [] };
const noChoice: Choice = {
  thoughts: [],
  pieces: [],
  isRefusal: false,
  calls: [],
  finish: "stop",
  stopSequence: null,
};

/** One content frame, with the frames that have to stand around it, and the tokens it brings. */
interface Unit {
  readonly data: Data;
  readonly tokens: number;
}

class UnitFrames implements Frames {
  readonly length: number;
  readonly batch = framesPerWrite;
  readonly #units: readonly Data[];
  readonly #through: readonly number[];
  readonly #from: number;

  constructor(
    units: readonly Data[],
    through: readonly number[],
    [from, to]: readonly [number, number],
  ) {
    this.#units = units;
    this.#through = through;
    this.#from = from;
    this.length = to - from;
  }

  slice(from: number, to: number): Data {
    return joined(this.#units.slice(this.#from + from, this.#from + to));
  }

  tokensThrough(count: number): number {
    return (this.#through[this.#from + count] ?? 0) - (this.#through[this.#from] ?? 0);
  }
}

/** One frame, then another again and again: an answer that does not end by itself. */
class EndlessFrames implements Frames {
  readonly length = endlessFrames;
  readonly batch = framesPerWrite;
  readonly #first: Data;
  readonly #next: Data;

  constructor(first: Data, next: Data) {
    this.#first = first;
    this.#next = next;
  }

  slice(from: number, to: number): Data {
    const next = Array.from({ length: to - Math.max(from, 1) }, () => this.#next);
    return joined(from === 0 ? [this.#first, ...next] : next);
  }

  tokensThrough(count: number): number {
    return count;
  }
}

export interface EventAnswerParts {
  readonly dialect: Dialect;
  readonly words: EventWords;
  readonly framing: Framing;
}

/** A streamed answer of blocks: its content frames are the same in each call. */
export class EventAnswer implements StreamedAnswer {
  readonly dialect: Dialect;
  readonly contentType: string;
  readonly reply: Reply;
  readonly words: EventWords;
  readonly framing: Framing;
  readonly choice: Choice;
  readonly units: readonly Data[];
  /** Tokens produced before the unit of that index; one entry more than units. */
  readonly through: readonly number[];
  /** All units in one. */
  readonly content: Data;

  constructor({ dialect, words, framing }: EventAnswerParts, reply: Reply) {
    this.dialect = dialect;
    this.contentType = framing.contentType;
    this.reply = reply;
    this.words = words;
    this.framing = framing;
    this.choice = reply.choices[0] ?? noChoice;
    const units = blocksOf(this.choice).flatMap((block, index) => this.#unitsOf(block, index));
    this.units = units.map((unit) => unit.data);
    this.content = joined(this.units);
    // Hidden reasoning comes before the first visible token, and is produced with it.
    let sum = reply.tokens.reasoning - this.choice.thoughts.length;
    this.through = [0, ...units.map((unit) => (sum += unit.tokens))];
  }

  begin(facts: CallFacts, fault: FaultName | null): CallFrames {
    return new EventFrames(this, facts, fault);
  }

  /** All events of a faultless stream of that call. */
  events(facts: CallFacts): StreamEvent[] {
    const content = blocksOf(this.choice).flatMap((block, index) => [
      ...this.words.start(index, block),
      ...block.pieces.map((piece) => this.words.delta(index, block, piece)),
      ...this.words.stop(index, block),
    ]);
    const closing = this.words.closing(this.choice, facts, null);
    return [...this.words.opening(facts, null), ...content, ...closing];
  }

  /** The events of a block by themselves. A tool's name is said where it starts. */
  piecesOf(block: Block, index: number): EventPiece[] {
    const { words, framing } = this;
    const piece = (event: StreamEvent, tokens: number): EventPiece => ({
      data: framing.frame(event),
      tokens,
    });
    const nameTokens = block.kind === "tool" ? block.call.nameTokens : 0;
    const starts = words.start(index, block);
    return [
      ...starts.map((event, n) => piece(event, n === 0 ? nameTokens : 0)),
      ...block.pieces.map((text) => piece(words.delta(index, block, text), 1)),
      ...words.stop(index, block).map((event) => piece(event, 0)),
    ];
  }

  /** A block's start stands with its first delta, its end with its last one. */
  #unitsOf(block: Block, index: number): Unit[] {
    const framed = (events: readonly StreamEvent[]): Data[] =>
      events.map((event) => this.framing.frame(event));
    const start = framed(this.words.start(index, block));
    const stop = framed(this.words.stop(index, block));
    const deltas = block.pieces.map((piece): Unit => {
      return { data: this.framing.frame(this.words.delta(index, block, piece)), tokens: 1 };
    });
    const nameTokens = block.kind === "tool" ? block.call.nameTokens : 0;
    const last = deltas.length - 1;
    if (block.kind === "tool" || last < 0) {
      const begun = { data: joined(start), tokens: nameTokens };
      const ended = deltas[last] ?? begun;
      const ending = { ...ended, data: joined([ended.data, ...stop]) };
      return last < 0 ? [ending] : [begun, ...deltas.slice(0, last), ending];
    }
    return deltas.map(({ data, tokens }, n) => ({
      data: joined([...(n === 0 ? start : []), data, ...(n === last ? stop : [])]),
      tokens,
    }));
  }
}

/** One call's frames. */
class EventFrames implements CallFrames {
  readonly #answer: EventAnswer;
  readonly #facts: CallFacts;
  readonly #fault: FaultName | null;

  constructor(answer: EventAnswer, facts: CallFacts, fault: FaultName | null) {
    this.#answer = answer;
    this.#facts = facts;
    this.#fault = fault;
  }

  get opening(): Data {
    const { words, framing } = this.#answer;
    return joined(words.opening(this.#facts, this.#fault).map((event) => framing.frame(event)));
  }

  get count(): number {
    return this.#answer.units.length;
  }

  framesFor(tokens: number): number {
    const { units, through } = this.#answer;
    let count = 0;
    while (count < units.length && (through[count + 1] ?? Infinity) <= tokens) count += 1;
    return count;
  }

  events(): EventPiece[] {
    const { words, framing, choice, reply } = this.#answer;
    const opening = words.opening(this.#facts, this.#fault);
    const content = blocksOf(choice).flatMap((block, index) => this.#answer.piecesOf(block, index));
    const hidden = reply.tokens.reasoning - choice.thoughts.length;
    const first = content.findIndex(({ tokens }) => tokens > 0);
    return [
      ...opening.map((event) => ({ data: framing.frame(event), tokens: 0 })),
      ...content.map(({ data, tokens }, n) => ({
        data,
        tokens: n === first ? tokens + hidden : tokens,
      })),
      ...this.#closing().map((data) => ({ data, tokens: 0 })),
    ];
  }

  content(from: number, to: number): Frames {
    return new UnitFrames(this.#answer.units, this.#answer.through, [from, to]);
  }

  /** A block of its own: those before it are closed. */
  endless(): Frames {
    const { words, framing, choice } = this.#answer;
    const index = blocksOf(choice).length;
    const delta = framing.frame(words.delta(index, someText, " and on"));
    const start = words.start(index, someText).map((event) => framing.frame(event));
    return new EndlessFrames(joined([...start, delta]), delta);
  }

  closing(): Data {
    return joined(this.#closing());
  }

  whole(): Data {
    return joined([this.opening, this.#answer.content, ...this.#closing()]);
  }

  error(name: ErrorFault): Data {
    const { framing, dialect } = this.#answer;
    return framing.error(name, dialect.requestId(this.#facts.id));
  }

  broken(): Data {
    const event = this.#someDelta("lo");
    return this.#frame({ ...event, json: event.json.slice(0, event.json.indexOf("lo") + 2) });
  }

  unterminated(): Data {
    return joined(this.#closing().slice(0, -this.#answer.words.terminals));
  }

  corrupt(how: Corruption): Data | null {
    return this.#answer.framing.corrupt(this.#someDelta(" broken"), how);
  }

  truncated(): Data {
    const last = this.#closing().at(-1) ?? "";
    const half = last.length >> 1;
    return typeof last === "string" ? last.slice(0, half) : last.subarray(0, half);
  }

  odd(): Data {
    const { framing } = this.#answer;
    return framing.odd(this.#answer.events(this.#facts), this.#facts);
  }

  huge(bytes: number): HugeFrame {
    const mark = "SIMULATED-HUGE-TEXT";
    return this.#answer.framing.huge(this.#someDelta(mark), mark, hugeFill(bytes));
  }

  #someDelta(piece: string): StreamEvent {
    return this.#answer.words.delta(0, someText, piece);
  }

  #frame(event: StreamEvent): Data {
    return this.#answer.framing.frame(event);
  }

  #closing(): Data[] {
    const { words, framing, choice } = this.#answer;
    const events = words.closing(choice, this.#facts, this.#fault);
    const end = events.length - 1;
    return events.map((event, n) =>
      n < end ? framing.frame(event) : framing.last(event, this.#facts),
    );
  }
}
