import { parseArgs } from "node:util";
import { closest } from "@sekisho/lib/text/closest.ts";
import { DrillFailure } from "./drill-failure.ts";
import type { DrillForm, DrillOption } from "./drill.ts";

/** A drill as it was asked for on the command line. */
export interface DrillArguments {
  readonly url: string;
  /** Was a server named? */
  readonly isUrlGiven: boolean;
  readonly isJson: boolean;
  /** Is a server to be started for it? */
  readonly isOwn: boolean;
  readonly key: string | null;
  readonly adminKey: string | null;
  readonly option: (name: string) => number;
  readonly text: (name: string) => string | null;
}

export const defaultUrl = "http://127.0.0.1:8080";

const flag = { type: "boolean", default: false } as const;
const text = { type: "string" } as const;

/** Reads what stands behind the drill's name. Throws DrillFailure with a sentence. */
export function readArguments(
  args: readonly string[],
  drill: Pick<DrillForm, "options" | "texts">,
  env: Readonly<Record<string, string | undefined>>,
): DrillArguments {
  const own = [...Object.keys(drill.options), ...Object.keys(drill.texts ?? {})];
  const { values, positionals } = parsed(args, own);
  const [url = defaultUrl, ...rest] = positionals;
  if (rest.length > 0) throw new DrillFailure(`Cannot read "${rest[0]}": one base URL is taken`);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new DrillFailure(`Cannot read the base URL "${url}": http://host:port expected`);
  }
  const textOf = (name: string): string | null => {
    const value = values[name];
    return typeof value === "string" ? value : null;
  };
  const numbers = new Map(
    Object.entries(drill.options).map(([name, row]) => [name, numberOf(name, textOf(name), row)]),
  );
  return {
    url,
    isUrlGiven: positionals.length > 0,
    isJson: values["json"] === true,
    isOwn: values["own"] === true,
    key: textOf("key") ?? env["SEKISHO_KEY"] ?? null,
    adminKey: textOf("admin-key") ?? env["SEKISHO_ADMIN_KEY"] ?? null,
    option(name) {
      const number = numbers.get(name);
      if (number === undefined) throw new RangeError(`The drill has no option ${name}`);
      return number;
    },
    text: textOf,
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

function parsed(args: readonly string[], own: readonly string[]): Parsed {
  const options = { json: flag, own: flag, key: text, "admin-key": text };
  const all: Readonly<Record<string, typeof flag | typeof text>> = {
    ...options,
    ...Object.fromEntries(own.map((name) => [name, text])),
  };
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options: all,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(all, token.name) ? all[token.name] : undefined;
    if (option === undefined) throw unknownOption(token.rawName, Object.keys(all));
    if ((option.type === "string") === (token.value !== undefined)) continue;
    const wanted = option.type === "string" ? "a value is missing" : "it takes no value";
    throw new DrillFailure(`Cannot read ${token.rawName}: ${wanted}`);
  }
  return { values, positionals };
}

function unknownOption(rawName: string, known: readonly string[]): DrillFailure {
  const near = closest(rawName.replace(/^-+/, ""), known);
  const hint = near === null ? "this drill has" : `did you mean --${near}? This drill has`;
  const all = known.map((name) => `--${name}`).join(", ");
  return new DrillFailure(`Cannot read ${rawName}: there is no such option; ${hint} ${all}`);
}

function numberOf(name: string, said: string | null, row: DrillOption): number {
  const number = said === null ? row.standard : Number(said === "" ? NaN : said);
  if (number >= row.min && number <= row.max) return number;
  throw new DrillFailure(
    `Cannot read --${name} ${said}: a number from ${row.min} to ${row.max} expected`,
  );
}
