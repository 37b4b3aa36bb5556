import type { CallFacts, Dialect } from "../dialect.ts";
import type { ErrorFault, FaultName } from "../faults.data.ts";
import type { Question } from "../question.ts";
import type { Choice, Reply, ToolCall } from "../reply.ts";
import type { Frames } from "../script.ts";
import { oddSse } from "../script/odd-sse.ts";
import {
  hugeFill,
  type CallFrames,
  type EventPiece,
  type HugeFrame,
  type StreamedAnswer,
} from "../script/streamed-answer.ts";
import { openai } from "./dialect.ts";
import { finishReason } from "./finish-reason.ts";
import { usageJson } from "./usage.ts";

const done = "data: [DONE]\n\n";
/** Into the opening of the terminal frame: its line stops in the middle. */
const truncatedLength = 60;

/** One chunk without what differs from call to call, and the tokens it brings. */
interface Chunk {
  readonly tail: string;
  readonly tokens: number;
}

const endOfEvent = "\n\n";

/** Frames may be many in one write; a write of this many is some tens of kilobytes. */
const framesPerWrite = 256;

/** A run of chunks of one call: their common beginning and their tails. */
class ChunkFrames implements Frames {
  readonly length: number;
  readonly batch = framesPerWrite;
  readonly #opening: string;
  readonly #chunks: ChatStream;
  readonly #from: number;

  constructor(chunks: ChatStream, opening: string, [from, to]: readonly [number, number]) {
    this.#chunks = chunks;
    this.#opening = opening;
    this.#from = from;
    this.length = to - from;
  }

  slice(from: number, to: number): string {
    const tails = this.#chunks.tails.slice(this.#from + from, this.#from + to);
    return tails.length === 0 ? "" : this.#opening + tails.join(this.#opening);
  }

  tokensThrough(count: number): number {
    const { through } = this.#chunks;
    return (through[this.#from + count] ?? 0) - (through[this.#from] ?? 0);
  }
}

/** The content again and again: an answer that does not end by itself. */
class EndlessFrames implements Frames {
  readonly length = 100_000_000;
  readonly batch = framesPerWrite;
  readonly #opening: string;
  readonly #tails: readonly string[];

  constructor(opening: string, tails: readonly string[]) {
    this.#opening = opening;
    this.#tails = tails;
  }

  slice(from: number, to: number): string {
    let text = "";
    for (let n = from; n < to; n++) {
      text += this.#opening + (this.#tails[n % this.#tails.length] ?? "");
    }
    return text;
  }

  tokensThrough(count: number): number {
    return count;
  }
}

/** One call's chunks. */
class ChatFrames implements CallFrames {
  readonly #stream: ChatStream;
  readonly #openingOfChunk: string;
  readonly #fault: FaultName | null;

  constructor(stream: ChatStream, facts: CallFacts, fault: FaultName | null) {
    this.#stream = stream;
    this.#openingOfChunk = stream.openingOf(facts);
    this.#fault = fault;
  }

  get opening(): string {
    return this.#stream.roles.map((tail) => this.#openingOfChunk + tail).join("");
  }

  get count(): number {
    return this.#stream.tails.length;
  }

  framesFor(tokens: number): number {
    const { tails, through } = this.#stream;
    let count = 0;
    while (count < tails.length && (through[count + 1] ?? Infinity) <= tokens) count += 1;
    return count;
  }

  events(): EventPiece[] {
    const { roles, tails, through } = this.#stream;
    const piece = (tail: string, tokens = 0): EventPiece => ({
      data: this.#openingOfChunk + tail,
      tokens,
    });
    const content = tails.map((tail, n) => piece(tail, (through[n + 1] ?? 0) - (through[n] ?? 0)));
    const closing = this.#stream.closing(this.#fault).map((tail) => piece(tail));
    return [...roles.map((tail) => piece(tail)), ...content, ...closing, { data: done, tokens: 0 }];
  }

  content(from: number, to: number): Frames {
    return new ChunkFrames(this.#stream, this.#openingOfChunk, [from, to]);
  }

  endless(): Frames {
    const { tails, roles } = this.#stream;
    return new EndlessFrames(this.#openingOfChunk, tails.length > 0 ? tails : roles);
  }

  closing(): string {
    const tails = this.#stream.closing(this.#fault);
    return tails.map((tail) => this.#openingOfChunk + tail).join("") + done;
  }

  whole(): string {
    return this.#openingOfChunk + this.#stream.all.join(this.#openingOfChunk) + done;
  }

  error(name: ErrorFault): string {
    return `data: ${openai.errors.json(openai.errors.faults[name], "", null)}\n\n`;
  }

  broken(): string {
    return `${this.#openingOfChunk}{"index":0,"delta":{"content":"lo\n\n`;
  }

  unterminated(): string {
    return this.closing().slice(0, -done.length);
  }

  corrupt(): null {
    return null;
  }

  truncated(): string {
    return this.closing().slice(0, truncatedLength);
  }

  odd(): string {
    return oddSse(this.whole());
  }

  huge(bytes: number): HugeFrame {
    return {
      before: `${this.#openingOfChunk}{"index":0,"delta":{"content":"`,
      ...hugeFill(bytes),
      after: `"},"logprobs":null,"finish_reason":null}]}\n\n`,
    };
  }
}

/** All chunks of one streamed answer, written once and played many times. */
export class ChatStream implements StreamedAnswer {
  readonly dialect: Dialect = openai;
  readonly contentType = "text/event-stream; charset=utf-8";
  readonly reply: Reply;
  /** The content in the order of the stream: choices take turns. */
  readonly tails: readonly string[];
  /** Tokens produced before the chunk of that index; one entry more than chunks. */
  readonly through: readonly number[];
  /** Role frames, one per choice. */
  readonly roles: readonly string[];
  /** The last frames but the usage: one finish per choice. */
  readonly finishes: readonly string[];
  /** Every frame of a faultless stream. */
  readonly all: readonly string[];
  readonly #model: string;
  readonly #hasUsage: boolean;

  constructor(question: Question, reply: Reply) {
    this.reply = reply;
    this.#hasUsage = question.streamUsage;
    this.#model = JSON.stringify(question.model);
    const close = question.streamUsage ? `],"usage":null}${endOfEvent}` : `]}${endOfEvent}`;
    const write = (index: number, delta: string, finish: string | null): string =>
      `{"index":${index},"delta":${delta},"logprobs":null,` +
      `"finish_reason":${finish === null ? "null" : `"${finish}"`}}${close}`;
    const contents = reply.choices.map((choice, index) =>
      deltasOf(choice).map(({ delta, tokens }) => ({ tail: write(index, delta, null), tokens })),
    );
    const chunks = takeTurns(contents);
    this.tails = chunks.map((chunk) => chunk.tail);
    this.through = sums(chunks, reply.tokens.reasoning);
    this.roles = reply.choices.map((choice, index) => write(index, roleDelta(choice), null));
    this.finishes = reply.choices.map((choice, index) => write(index, "{}", finishReason(choice)));
    this.all = [...this.roles, ...this.tails, ...this.closing(null)];
  }

  begin(facts: CallFacts, fault: FaultName | null): CallFrames {
    return new ChatFrames(this, facts, fault);
  }

  /** What every chunk of a call begins with, up to its choices. */
  openingOf(facts: CallFacts): string {
    return (
      `data: {"id":"${facts.id}","object":"chat.completion.chunk",` +
      `"created":${facts.createdSeconds},"model":${this.#model},` +
      `"system_fingerprint":"fp_simulator","choices":[`
    );
  }

  /** The tails behind the content: the finishes, and the usage when it was asked for. */
  closing(fault: FaultName | null): string[] {
    const usage = this.#hasUsage ? usageJson(this.reply.tokens, fault) : null;
    if (usage === null) return [...this.finishes];
    return [...this.finishes, `],"usage":${usage}}${endOfEvent}`];
  }
}

const roleDelta = (choice: Choice): string =>
  choice.pieces === null
    ? `{"role":"assistant","content":null}`
    : `{"role":"assistant","content":"","refusal":null}`;

const callDeltas = (call: ToolCall, index: number): { delta: string; tokens: number }[] => {
  const start =
    `{"tool_calls":[{"index":${index},"id":"${call.id}","type":"function",` +
    `"function":{"name":${JSON.stringify(call.name)},"arguments":""}}]}`;
  const pieces = call.pieces.map((piece) => ({
    delta: `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(piece)}}}]}`,
    tokens: 1,
  }));
  return [{ delta: start, tokens: call.nameTokens }, ...pieces];
};

const deltasOf = (choice: Choice): { delta: string; tokens: number }[] => {
  const field = choice.isRefusal ? "refusal" : "content";
  const texts = (choice.pieces ?? []).map((piece) => ({
    delta: `{"${field}":${JSON.stringify(piece)}}`,
    tokens: 1,
  }));
  return [...texts, ...choice.calls.flatMap(callDeltas)];
};

/** First chunks first, then second chunks: as several choices arrive from a provider. */
const takeTurns = (lists: readonly (readonly Chunk[])[]): Chunk[] => {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return [...only];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const turns: Chunk[] = [];
  for (let n = 0; n < longest; n++) {
    turns.push(...lists.flatMap((list) => list.slice(n, n + 1)));
  }
  return turns;
};

/** Hidden reasoning comes before the first visible token, and is produced with it. */
const sums = (chunks: readonly Chunk[], reasoning: number): number[] => {
  const through = [0];
  let sum = reasoning;
  for (const chunk of chunks) through.push((sum += chunk.tokens));
  return through;
};
