import { cliFailure } from "./terminal.ts";

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

  /** Comma-separated parts; undefined when the option is absent. */
  list(name: string): string[] | undefined {
    return this.text(name)
      ?.split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }

  /** A whole number, 0 or more: `1000000` or `1,000,000`. Ends the command when it is none. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = Number(text.replaceAll(",", ""));
    if (/^\d{1,3}(?:,?\d{3})*$|^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
    throw cliFailure("usage", `Cannot read --${name} ${text}: a whole number is expected`);
  }

  /** A TCP port. Ends the command when the text is none. */
  port(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const port = Number(text);
    if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
    throw cliFailure("usage", `Cannot read --${name} ${text}: a port is 0 to 65535`);
  }

  /** `90s`, `10m`, `1h`, `7d`, or milliseconds without a unit. Ends the command otherwise. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const { count, unit = "ms" } =
      /^(?<count>\d{1,12})(?<unit>ms|s|m|h|d)?$/.exec(text)?.groups ?? {};
    const factors: Readonly<Record<string, number>> = {
      ms: 1,
      s: 1000,
      m: 60_000,
      h: 3_600_000,
      d: 86_400_000,
    };
    if (count !== undefined) return Number(count) * (factors[unit] ?? 1);
    throw cliFailure("usage", `Cannot read --${name} ${text}: write 90s, 10m, 1h or 7d`);
  }
}
