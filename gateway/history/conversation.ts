import { createHash } from "node:crypto";
import { droppableTurns, type HistoryWords } from "@sekisho/wire/canonical/history.ts";
import { isObject } from "@sekisho/wire/field-rules.ts";
import { elementSpans, memberSpan } from "@sekisho/wire/framing/json-elements.ts";
import type { Span } from "@sekisho/wire/framing/json-scan.ts";
import { withoutElements } from "@sekisho/wire/framing/without-elements.ts";
import { tokenShare } from "../estimate-tokens.ts";

/** A file in a body is no text; many of them are pictures. */
const tokensPerMedia = 1_500;
const mediaKeys: ReadonlySet<string> = new Set([
  "bytes",
  "data",
  "file_data",
  "image_url",
  "url",
  "fileUri",
  "file_uri",
]);

/** What is left out together, and about how many tokens it has, rather too many. */
interface Turn {
  readonly indices: readonly number[];
  readonly weight: number;
}

const openBrace = 0x7b;
const openBracket = 0x5b;

/** The messages of a body that was found right, of which the oldest can be left out (MON-5). */
export class Conversation {
  readonly #body: Buffer;
  readonly #words: HistoryWords;
  readonly #list: Span | null;
  readonly #spans: readonly Span[];
  readonly #turns: readonly Turn[];
  readonly #gone = new Set<number>();
  #dropped = 0;

  constructor(body: Buffer, words: HistoryWords) {
    this.#body = body;
    this.#words = words;
    const whole = { start: body.indexOf(openBrace), end: body.length };
    const list = memberSpan(body, whole, words.list);
    this.#list = list;
    this.#spans = list === null || body[list.start] !== openBracket ? [] : elementSpans(body, list);
    const elements = this.#spans.map(({ start, end }): unknown =>
      JSON.parse(body.toString("utf8", start, end)),
    );
    const turns = droppableTurns(
      elements.map((element) => words.itemOf(element)),
      words,
    );
    this.#turns = turns.map((indices) => {
      const weight = indices.reduce((sum, index) => sum + weightOf(elements[index]), 0);
      return { indices, weight };
    });
  }

  /** How many messages are left out. */
  get dropped(): number {
    return this.#gone.size;
  }

  /** How many turns are. */
  get droppedTurns(): number {
    return this.#dropped;
  }

  /**
   * Leaves out at least one turn more, and more until they weigh so much; what they weigh, null
   * when there is none left to leave out.
   */
  drop(weight: number): number | null {
    let left = weight;
    const first = this.#dropped;
    while (this.#dropped < this.#turns.length && (this.#dropped === first || left > 0)) {
      const turn = this.#turns[this.#dropped];
      for (const index of turn?.indices ?? []) this.#gone.add(index);
      left -= turn?.weight ?? 0;
      this.#dropped += 1;
    }
    return this.#dropped === first ? null : weight - left;
  }

  /** Leaves out so many of the oldest turns, and no more. */
  dropTo(turns: number): void {
    this.#dropped = Math.min(turns, this.#turns.length);
    this.#gone.clear();
    for (const { indices } of this.#turns.slice(0, this.#dropped)) {
      for (const index of indices) this.#gone.add(index);
    }
  }

  /** Every byte beside what is left out stays as it was. */
  bytes(): Buffer {
    return withoutElements(this.#body, this.#spans, { gone: this.#gone, instead: "" });
  }

  /** The same, with an exchange of these two texts where the first turn that is left out stood. */
  bytesWith(asked: string, answered: string): Buffer {
    const elements = this.#words.exchange(asked, answered).map((each) => JSON.stringify(each));
    const instead = `${elements.join(",")},`;
    return withoutElements(this.#body, this.#spans, { gone: this.#gone, instead });
  }

  /** A body of those turns alone of the ones that may be left out. */
  bytesOf(from: number, to: number): Buffer {
    const indices = this.#turns.slice(from, to).flatMap((turn) => turn.indices);
    const elements = indices.map((index) => this.#textOf(index));
    const { start = 0, end = 0 } = this.#list ?? {};
    return Buffer.concat([
      this.#body.subarray(0, start),
      Buffer.from(`[${elements.join(",")}]`),
      this.#body.subarray(end),
    ]);
  }

  /**
   * For each turn that may be left out a name of all up to it, in the order of the turns: the same
   * conversation has the same names again when it has grown.
   */
  prefixNames(scope: string): string[] {
    const hash = createHash("sha256").update(scope);
    return this.#turns.map(({ indices }) => {
      for (const index of indices) hash.update(this.#textOf(index)).update("\n");
      return hash.copy().digest("base64url");
    });
  }

  #textOf(index: number): string {
    const { start = 0, end = 0 } = this.#spans[index] ?? {};
    return this.#body.toString("utf8", start, end);
  }
}

/** With the names of members, which most estimates do not count: rather too much. */
function weightOf(value: unknown): number {
  if (typeof value === "string") return tokenShare(value);
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + weightOf(each), 1);
  if (!isObject(value)) return 1;
  let weight = 4;
  for (const key in value) {
    const inner = value[key];
    const isMedia = typeof inner === "string" && mediaKeys.has(key);
    weight += tokenShare(key) + (isMedia ? tokensPerMedia : weightOf(inner));
  }
  return weight;
}
