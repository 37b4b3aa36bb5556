import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Question } from "../question.ts";
import type { Choice, Finish, Reply, ToolCall } from "../reply.ts";
import type { Frames } from "../script.ts";
import { usageJson } from "./usage.ts";

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: "stop",
  length: "length",
  tool: "tool_calls",
  filter: "content_filter",
};

export const finishReason = (choice: Choice): string => finishReasons[choice.finish];

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
  readonly #chunks: ChatChunks;
  readonly #from: number;

  constructor(chunks: ChatChunks, opening: string, [from, to]: readonly [number, number]) {
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

/** All chunks of one streamed answer, written once and played many times. */
export class ChatChunks {
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

  constructor(question: Question, reply: Reply) {
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
    this.all = [...this.roles, ...this.tails, ...this.closing(question, reply, null)];
  }

  /** What every chunk of a call begins with, up to its choices. */
  opening(facts: CallFacts): string {
    return (
      `data: {"id":"${facts.id}","object":"chat.completion.chunk",` +
      `"created":${facts.createdSeconds},"model":${this.#model},` +
      `"system_fingerprint":"fp_simulator","choices":[`
    );
  }

  /** The frames behind the content: the finishes, and the usage when it was asked for. */
  closing(question: Question, reply: Reply, fault: FaultName | null): string[] {
    const usage = question.streamUsage ? usageJson(reply.tokens, fault) : null;
    if (usage === null) return [...this.finishes];
    return [...this.finishes, `],"usage":${usage}}${endOfEvent}`];
  }

  /** The content chunks [from, to). */
  frames(opening: string, from: number, to: number): Frames {
    return new ChunkFrames(this, opening, [from, to]);
  }

  endlessFrames(opening: string): Frames {
    return new EndlessFrames(opening, this.tails.length > 0 ? this.tails : this.roles);
  }

  /** How many chunks bring the first `tokens` tokens. */
  chunksFor(tokens: number): number {
    let count = 0;
    while (count < this.tails.length && (this.through[count + 1] ?? Infinity) <= tokens) count += 1;
    return count;
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
