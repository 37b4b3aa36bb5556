import type { Exit } from "./exit-codes.data.ts";
import type { OptionValues } from "./option-values.ts";
import type { Terminal } from "./terminal.ts";

export interface Option {
  readonly name: string;
  /** What stands for its value in the help; null for a switch. */
  readonly value: string | null;
  readonly about: string;
  /** May stand several times; its values come as one list. */
  readonly repeats?: true;
  /** When its values are a closed list. */
  readonly values?: readonly string[];
  /** What may stand there beside them. */
  readonly orForm?: { readonly form: RegExp; readonly about: string };
  /** Values that people expect and that there are not: where to find what they stand for. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** One command line, read. */
export interface Invocation {
  /** Every command there is: help and completion are about them. */
  readonly commands: readonly Command[];
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly terminal: Terminal;
}

export type Run = (invocation: Invocation) => Promise<Exit>;

/** One command: what help, completion and the parser know of it, and where its code is. */
export interface Command {
  /** One word, or a group and a word: `keys rotate`. */
  readonly name: string;
  readonly summary: string;
  /** Positional arguments: `<id>` must be given, `[id]` may be, `[ids...]` as often as you like. */
  readonly args: readonly string[];
  readonly options: readonly Option[];
  /** The code is loaded when it runs: `start` must not pay for the others. */
  load(): Promise<Run>;
}

/** Finds the command that a line starts with, and how many words its name took. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly taken: number } | null {
  for (const taken of [2, 1]) {
    const name = words.slice(0, taken).join(" ");
    const command = commands.find((each) => each.name === name);
    if (command !== undefined && words.length >= taken) return { command, taken };
  }
  return null;
}

/** The commands of a group such as `keys`; none when there is no such group. */
export const commandsOf = (commands: readonly Command[], group: string): Command[] =>
  commands.filter(({ name }) => name.startsWith(`${group} `));
