/** So much of a continuation is looked at before any of it is delivered. */
const window = 64;
/** Shorter repetitions are words that stand twice. */
const leastOverlap = 8;

type State =
  | { readonly kind: "looking"; readonly held: string }
  /** It says again what was said from there on, up to the end. */
  | { readonly kind: "repeating"; readonly at: number }
  | { readonly kind: "flowing" }
  | { readonly kind: "broken" };

/**
 * Joins the continuation of a text to what was delivered of it: what it says again is left out, and
 * one that begins anew in other words does not fit (RTE-12). Pure: it holds text, and nothing else.
 */
export class Seam {
  readonly #said: string;
  #state: State = { kind: "looking", held: "" };

  constructor(said: string) {
    this.#said = said;
  }

  /** It repeats what was said and then differs: none of it may be delivered. */
  get isBroken(): boolean {
    return this.#state.kind === "broken";
  }

  /** What of the continuation so far is to be delivered now. */
  push(text: string): string {
    switch (this.#state.kind) {
      case "flowing":
        return text;
      case "broken":
        return "";
      case "repeating":
        return this.#repeat(this.#state.at, text);
      case "looking": {
        const held = this.#state.held + text;
        this.#state = { kind: "looking", held };
        return held.length < window ? "" : this.#decide(held);
      }
    }
  }

  /** The continuation is over: what is left of it to be delivered. */
  end(): string {
    const rest = this.#state.kind === "looking" ? this.#decide(this.#state.held) : "";
    // It said again what was said, and ended there: that is another, shorter answer.
    if (this.#state.kind === "repeating") this.#state = { kind: "broken" };
    return rest;
  }

  #decide(held: string): string {
    const said = this.#said;
    const first = held.slice(0, window);
    const start = sameStart(first, said);
    const isAnew = start > 0 && start === Math.min(first.length, said.length);
    const from = isAnew ? 0 : first.length === window ? said.lastIndexOf(first) : -1;
    if (from >= 0) return this.#repeat(from, held);
    this.#state = { kind: "flowing" };
    for (let length = Math.min(held.length, said.length); length >= leastOverlap; length -= 1) {
      if (said.endsWith(held.slice(0, length))) return held.slice(length);
    }
    // Blanks at the end of what was said are not sent along: they come once more.
    const blanks = said.slice(said.trimEnd().length);
    return held.slice(sameStart(held, blanks));
  }

  #repeat(at: number, text: string): string {
    const rest = this.#said.slice(at);
    const same = sameStart(text, rest);
    if (same < Math.min(text.length, rest.length)) {
      this.#state = { kind: "broken" };
      return "";
    }
    const isThrough = same === rest.length;
    this.#state = isThrough ? { kind: "flowing" } : { kind: "repeating", at: at + same };
    return text.slice(same);
  }
}

function sameStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}
