import { hash } from "node:crypto";
import type { CacheLife, ImageDetail, PromptCut, ToolOffer, Turn } from "./question.ts";
import { countTool, countTurn } from "./tokenizer.ts";

/** A cache point stands on the block before it; it is no part of what is cached. */
const withoutCachePoints = (name: string, value: unknown): unknown =>
  name === "cache_control" ? undefined : value;

interface OpenTurn {
  readonly role: Turn["role"];
  readonly texts: string[];
  readonly images: ImageDetail[];
  readonly documents: string[];
  readonly calls: Turn["calls"][number][];
}

const turnOf = ({ role, texts, images, documents, calls }: OpenTurn): Turn => ({
  role,
  text: texts.join("\n"),
  images,
  documents,
  calls,
});

/**
 * Collects a prompt that comes in blocks: tools, then system, then messages. Where the request
 * speaks of a cache at all, each block's end becomes a place at which the prompt may be cut.
 */
export class PromptReader {
  readonly turns: Turn[] = [];
  readonly cuts: PromptCut[] = [];
  readonly #hasCache: boolean;
  #open: OpenTurn | null = null;
  /** Tokens of the tools and turns that are closed. */
  #closedTokens = 0;
  #digest = "";

  constructor(hasCache: boolean) {
    this.#hasCache = hasCache;
  }

  tool(offer: ToolOffer, raw: unknown): void {
    this.#closedTokens += countTool(offer);
    this.#cut(raw, this.#closedTokens);
  }

  /** What follows is said by that role; tool results have a turn each. */
  speaker(role: Turn["role"]): void {
    if (this.#open?.role === role && role !== "tool") return;
    this.close();
    this.#open = { role, texts: [], images: [], documents: [], calls: [] };
  }

  text(text: string): void {
    this.#open?.texts.push(text);
  }

  image(detail: ImageDetail): void {
    this.#open?.images.push(detail);
  }

  document(text: string): void {
    this.#open?.documents.push(text);
  }

  call(call: Turn["calls"][number]): void {
    this.#open?.calls.push(call);
  }

  /** The end of a block of content. */
  block(raw: unknown): void {
    if (!this.#hasCache || this.#open === null) return;
    const tokens = this.#closedTokens + countTurn(turnOf(this.#open));
    this.#cut([this.#open.role, raw], tokens);
  }

  /** Everything up to here is to be kept. */
  keep(life: CacheLife): void {
    const last = this.cuts.pop();
    if (last !== undefined) this.cuts.push({ ...last, keep: life });
  }

  /** The end of a message. */
  close(): void {
    if (this.#open === null) return;
    const turn = turnOf(this.#open);
    this.#open = null;
    this.turns.push(turn);
    this.#closedTokens += countTurn(turn);
  }

  #cut(raw: unknown, tokens: number): void {
    if (!this.#hasCache) return;
    this.#digest = hash("sha256", this.#digest + JSON.stringify(raw, withoutCachePoints));
    this.cuts.push({ tokens, digest: this.#digest, keep: null });
  }
}
