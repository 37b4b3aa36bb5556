import { plainFigure } from "./figure-text.ts";
import { refusedFigure } from "./refused-figure.ts";
import { cliFailure } from "./terminal.ts";

/** Both are allowed. */
export interface Limits {
  readonly least: number;
  readonly most: number;
}

/** The options of one invocation, by name without dashes. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, string | true>;

  constructor(values: ReadonlyMap<string, string | true>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Comma-separated parts, at least one; undefined when the option is absent. */
  list(name: string): string[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const parts = text.split(",").map((part) => part.trim());
    const named = parts.filter((part) => part !== "");
    // Of two variables that are not set comes a comma: a list of nobody would allow everybody.
    if (named.length === 0) {
      throw cliFailure("usage", `Cannot read --${name} ${text}: it names nothing`);
    }
    return named;
  }

  /** A whole number, 0 or more: `1000000` or `1,000,000`. Ends the command when it is none. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const plain = plainFigure(text);
    if (plain === null || plain.includes(".")) {
      throw refusedFigure(name, text, "a whole number is expected, such as 50000 or 50,000");
    }
    const count = Number(plain);
    if (count <= Number.MAX_SAFE_INTEGER) return count;
    throw refusedFigure(name, text, `it must be at most ${Number.MAX_SAFE_INTEGER}`);
  }

  /** A whole number within limits. Ends the command when it is none. */
  within(name: string, { least, most }: Limits): number | undefined {
    const count = this.count(name);
    if (count === undefined || (count >= least && count <= most)) return count;
    throw refusedFigure(name, this.text(name) ?? "", `it must be ${least} to ${most}`);
  }

  /** A TCP port. Ends the command when the text is none. */
  port(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const port = Number(text);
    if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
    throw cliFailure("usage", `Cannot read --${name} ${text}: a port is 0 to 65535`);
  }

  /**
   * `90s`, `10m`, `1h`, `7d`, or milliseconds without a unit. Ends the command for anything else,
   * and for more than `mostMs`.
   */
  durationMs(name: string, mostMs: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const { count, unit = "ms" } = durationShape.exec(text)?.groups ?? {};
    if (count === undefined) throw refusedFigure(name, text, "write 90s, 10m, 1h or 7d");
    const ms = Number(count) * (unitMs.get(unit) ?? 1);
    if (ms <= mostMs) return ms;
    throw refusedFigure(name, text, `it must be at most ${durationText(mostMs)}`);
  }
}

/** The largest first. */
const unitMs: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
]);

const durationShape = /^(?<count>\d{1,12})(?<unit>ms|s|m|h|d)?$/;

/** In the largest unit that there is one of, rounded down. */
function durationText(ms: number): string {
  const [unit, each] = [...unitMs].find(([, length]) => length <= ms) ?? ["ms", 1];
  return `${Math.floor(ms / each)}${unit}`;
}
