import { parseArgs } from "node:util";
import type { Command, Option } from "./command.ts";
import { closest } from "@sekisho/lib/text/closest.ts";
import { OptionValues } from "./option-values.ts";
import { cliFailure } from "./terminal.ts";

/** `--help` and `-h` stand in every command line. */
export const helpOption: Option = { name: "help", value: null, about: "show this help" };

export interface ParsedLine {
  readonly args: readonly string[];
  readonly options: OptionValues;
}

const usage = (command: Command, why: string) =>
  cliFailure("usage", `${why} (see "sekisho ${command.name} --help")`);

/** No option begins like a number: who writes a negative one means it. */
const isFigure = (word: string): boolean => /^-\.?\d/.test(word);

/** Reads what follows a command's name. Throws Failure `usage` for what it does not know. */
export function parseCommandLine(command: Command, argv: readonly string[]): ParsedLine {
  const known = new Map([...command.options, helpOption].map((option) => [option.name, option]));
  const config = [...known.values()].map(
    ({ name, value }): [string, { type: "string" | "boolean" }] => [
      name,
      { type: value === null ? "boolean" : "string" },
    ],
  );
  const { tokens } = parseArgs({
    args: argv.map((word) => (word === "-h" ? "--help" : word)),
    options: Object.fromEntries(config),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  const args: string[] = [];
  let lastFigure = -1;
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const word = argv[token.index] ?? "";
    if (isFigure(word)) {
      // Of "-15" come two short options of one word.
      if (token.index !== lastFigure) args.push(word);
      lastFigure = token.index;
      continue;
    }
    const option = known.get(token.name);
    if (option === undefined) throw unknownOption(command, token.rawName, known.keys());
    const before = values.get(option.name);
    if (before !== undefined && option.repeats !== true) {
      throw usage(command, `Option --${option.name} stands twice`);
    }
    const value = valueOf(command, option, token);
    values.set(option.name, before === undefined ? value : `${before},${value}`);
  }
  if (!values.has("help")) checkArgs(command, args);
  return { args, options: new OptionValues(values) };
}

const unknownOption = (command: Command, rawName: string, known: Iterable<string>) => {
  const near = closest(rawName.replace(/^-+/, ""), known);
  const hint = near === null ? "" : `, did you mean --${near}?`;
  return usage(command, `Unknown option ${rawName}${hint}`);
};

const valueOf = (
  command: Command,
  option: Option,
  token: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string | true => {
  const { name, value: placeholder, values, orForm, instead = {} } = option;
  if (placeholder === null) {
    if (token.inlineValue === true) throw usage(command, `Option --${name} takes no value`);
    return true;
  }
  const value = token.value ?? "";
  // "--port --json" forgot the port; "--port=--json" meant what it says, and so does "--usd -5".
  const isNext = token.inlineValue !== true && /^-./.test(value) && !isFigure(value);
  if (value === "" || isNext) {
    throw usage(command, `Option --${name} needs a value: --${name} ${placeholder}`);
  }
  if (values !== undefined && !values.includes(value) && orForm?.form.test(value) !== true) {
    // A figure is no slip of another one: who asks for 5h does not mean 1h.
    const found = new Map(Object.entries(instead)).get(value);
    const near = found !== undefined || /\d/.test(value) ? null : closest(value, values);
    const all = [...values, ...(orForm === undefined ? [] : [orForm.about])].join(", ");
    const hint = near === null ? `one of ${all}` : `did you mean ${near}?`;
    const told = found === undefined ? hint : `${hint}; ${found}`;
    throw usage(command, `Option --${name} cannot be ${value}: ${told}`);
  }
  return value;
};

/** An empty text is a value, and the name of nothing: a script's variable is not set. */
const mayBeEmpty = "<value>";

const checkArgs = (command: Command, args: readonly string[]): void => {
  const empty = args.indexOf("");
  const place = command.args[Math.min(empty, command.args.length - 1)];
  if (empty >= 0 && place !== undefined && place !== mayBeEmpty) {
    throw usage(command, `Argument ${place} is empty`);
  }
  const missing = command.args.find((arg, index) => arg.startsWith("<") && index >= args.length);
  if (missing !== undefined) throw usage(command, `Argument ${missing} is missing`);
  const takesMore = command.args.at(-1)?.includes("...") === true;
  const extra = takesMore ? undefined : args[command.args.length];
  if (extra !== undefined) throw usage(command, `Unexpected argument ${extra}`);
};
