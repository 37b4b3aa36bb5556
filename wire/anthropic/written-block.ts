import type { CacheTtl } from "../canonical/request.ts";

/** A content block or a tool as it will be written: the cache mark is known last. */
export class WrittenBlock {
  /** The members as JSON, without the braces: arguments keep their number literals (WIR-10). */
  readonly #members: string;
  /** What this dialect allows no cache mark on. */
  readonly mayCache: boolean;
  /** Results of tools stand ahead of everything else in a turn. */
  readonly isResult: boolean;
  cache: CacheTtl | null = null;

  constructor(members: string, kind: "plain" | "result" | "thinking" = "plain") {
    this.#members = members;
    this.mayCache = kind !== "thinking";
    this.isResult = kind === "result";
  }

  get json(): string {
    if (this.cache === null) return `{${this.#members}}`;
    const ttl = this.cache === "5m" ? "" : `,"ttl":"${this.cache}"`;
    return `{${this.#members},"cache_control":{"type":"ephemeral"${ttl}}}`;
  }
}

/** `{…}` without its braces. */
export const membersOf = (object: object): string => JSON.stringify(object).slice(1, -1);

/** Of marks beyond what a request may have, the first ones go: the longest prefix is kept. */
export function limitCachePoints(blocks: readonly WrittenBlock[], max: number): void {
  const marked = blocks.filter((block) => block.cache !== null);
  for (const block of marked.slice(0, Math.max(0, marked.length - max))) block.cache = null;
}
