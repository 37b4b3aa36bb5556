import type { JsonObject } from "../../fields.ts";

const mostRepeats = 200;
const mostTries = 4;

/** Part of a pattern: what it may read and how often. */
type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "group"; readonly branches: readonly (readonly Item[])[] };

interface Item {
  readonly node: Node;
  readonly min: number;
  readonly max: number;
}

class UnknownSyntax extends Error {}

const candidates = "a0A_- .:/@b1Bあ漢\n";

/** A character of the class, found by asking the expression engine itself. */
const memberOf = (source: string): string => {
  const one = new RegExp(`^${source}$`, "u");
  for (const char of candidates) if (one.test(char)) return char;
  for (let code = 0x21; code < 0x3100; code++) {
    if (one.test(String.fromCharCode(code))) return String.fromCharCode(code);
  }
  throw new UnknownSyntax(source);
};

/** Reads the everyday part of pattern syntax; throws `UnknownSyntax` at anything else. */
class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): readonly (readonly Item[])[] {
    const branches = this.#branches();
    if (this.#at < this.#source.length) throw new UnknownSyntax(this.#source);
    return branches;
  }

  #branches(): (readonly Item[])[] {
    const branches: Item[][] = [[]];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      if (this.#source[this.#at] === "|") {
        this.#at += 1;
        branches.push([]);
        continue;
      }
      const node = this.#node();
      if (node !== null) branches.at(-1)?.push({ node, ...this.#repeats() });
    }
    return branches;
  }

  #node(): Node | null {
    const char = this.#take(/[^]/uy);
    if (char === "^" || char === "$") return null;
    if (char === "(") return this.#group();
    if (char === "[") return this.#class();
    if (char === ".") return { kind: "text", text: "a" };
    if (char === "\\") return this.#escape();
    if ("*+?{".includes(char)) throw new UnknownSyntax(char);
    return { kind: "text", text: char };
  }

  #group(): Node {
    this.#take(/(?:\?(?::|<\w+>))?/y);
    if (this.#source[this.#at] === "?") throw new UnknownSyntax("look-around");
    const branches = this.#branches();
    this.#take(/\)/y);
    return { kind: "group", branches };
  }

  #class(): Node {
    const rest = this.#take(/(?:\\[^]|[^\]\\])*\]/y);
    return { kind: "text", text: memberOf(`[${rest}`) };
  }

  #escape(): Node | null {
    const escaped = this.#take(/[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c[A-Z]|[^]/iuy);
    if (escaped === "b" || escaped === "B") return null;
    if (/^[1-9]|^k$/.test(escaped)) throw new UnknownSyntax("back reference");
    const isLiteral = /^[^\w]$/.test(escaped);
    return { kind: "text", text: isLiteral ? escaped : memberOf(`\\${escaped}`) };
  }

  #repeats(): { min: number; max: number } {
    const mark = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})?/y);
    if (mark !== "") this.#take(/\??/y);
    if (mark === "*") return { min: 0, max: Infinity };
    if (mark === "+") return { min: 1, max: Infinity };
    if (mark === "?") return { min: 0, max: 1 };
    if (mark === "") return { min: 1, max: 1 };
    const [from = "1", to] = mark.slice(1, -1).split(",");
    return { min: Number(from), max: to === undefined ? Number(from) : Number(to || Infinity) };
  }

  #take(part: RegExp): string {
    part.lastIndex = this.#at;
    const found = part.exec(this.#source);
    if (found === null) throw new UnknownSyntax(this.#source);
    this.#at += found[0].length;
    return found[0];
  }
}

/** `extra`: how much more than the least each repetition gives, where it may. */
const write = (branches: readonly (readonly Item[])[], extra: number): string =>
  (branches[0] ?? [])
    .map(({ node, min, max }) => {
      const count = Math.min(max, min + extra, Math.max(min, mostRepeats));
      if (count > mostRepeats) throw new UnknownSyntax("too many repetitions");
      return (node.kind === "text" ? node.text : write(node.branches, extra)).repeat(count);
    })
    .join("");

const isLengthFit = (text: string, schema: JsonObject): boolean => {
  const { minLength, maxLength } = schema;
  const length = Array.from(text).length;
  if (typeof minLength === "number" && length < minLength) return false;
  return typeof maxLength !== "number" || length <= maxLength;
};

/**
 * A string that matches the pattern and the schema's lengths; null for patterns beyond classes,
 * groups, alternatives and repetitions.
 */
export const samplePattern = (pattern: string, schema: JsonObject): string | null => {
  try {
    const branches = new PatternReader(pattern).read();
    const whole = new RegExp(pattern, "u");
    const { minLength } = schema;
    const extras = [...Array(mostTries).keys(), typeof minLength === "number" ? minLength : 8];
    for (const extra of extras) {
      for (const branch of branches) {
        const text = write([branch], extra);
        if (whole.test(text) && isLengthFit(text, schema)) return text;
      }
    }
  } catch (error) {
    if (!(error instanceof UnknownSyntax || error instanceof SyntaxError)) throw error;
  }
  return null;
};
