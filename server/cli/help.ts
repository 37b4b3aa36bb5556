import { closest } from "@sekisho/lib/text/closest.ts";
import { commandsOf, findCommand, type Command, type Invocation, type Option } from "./command.ts";
import { exitCodes, type Exit } from "./exit-codes.data.ts";
import { helpOption } from "./parse-command-line.ts";
import { cliFailure } from "./terminal.ts";

const aligned = (rows: readonly (readonly [left: string, right: string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
};

const synopsis = ({ name, args, options }: Command): string =>
  ["sekisho", name, ...args, options.length > 0 ? "[options]" : ""].join(" ").trimEnd();

const listOf = (some: readonly Command[]): string =>
  aligned(some.map(({ name, args, summary }) => [[name, ...args].join(" "), summary]));

const optionLine = ({ name, value, about }: Option): readonly [string, string] => [
  value === null ? `--${name}` : `--${name} ${value}`,
  about,
];

/** What `sekisho help` prints. */
export const overview = (commands: readonly Command[]): string =>
  `Sekisho, a gateway between applications and foundation models

Usage: sekisho <command> [options]

${listOf(commands)}
  sekisho <command> --help shows the options of a command, sekisho --version the version.

Exit codes:
${aligned(Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]))}`;

/** What `sekisho <command> --help` prints; a command may be the name of a group as well. */
export function helpFor(commands: readonly Command[], command: Command): string {
  const below = commandsOf(commands, command.name);
  return `Usage: ${synopsis(command)}

  ${command.summary}

Options:
${aligned([...command.options, helpOption].map(optionLine))}${
    below.length === 0 ? "" : `\nCommands:\n${listOf(below)}`
  }`;
}

/** What `sekisho keys` prints. */
export const groupHelp = (commands: readonly Command[], group: string): string =>
  `Usage: sekisho ${group} <command> [options]\n\n${listOf(commandsOf(commands, group))}`;

/** `circuits open` means `circuits force-open`. */
const endingIn = (word: string, names: readonly string[]): string | null =>
  names.find((name) => word !== "" && name.endsWith(`-${word}`)) ?? null;

/** The failure for words that start no command, with the nearest name that does. */
export function unknownCommand(commands: readonly Command[], words: readonly string[]) {
  const [first = "", second = ""] = words;
  const group = commandsOf(commands, first);
  const isGroup = group.length > 0;
  const typed = isGroup ? `${first} ${second}` : first;
  const names = isGroup
    ? group.map(({ name }) => name)
    : commands.map(({ name }) => name.split(" ", 1).join());
  const near = endingIn(second, isGroup ? names : []) ?? closest(typed, new Set(names));
  const hint = near === null ? 'see "sekisho help"' : `did you mean "sekisho ${near}"?`;
  return cliFailure("usage", `Unknown command ${typed}, ${hint}`);
}

export function help({ args, commands, terminal }: Invocation): Promise<Exit> {
  const [group = ""] = args;
  const found = findCommand(commands, args);
  if (args.length === 0) terminal.out(overview(commands));
  else if (found !== null) terminal.out(helpFor(commands, found.command));
  else if (args.length === 1 && commandsOf(commands, group).length > 0) {
    terminal.out(groupHelp(commands, group));
  } else throw unknownCommand(commands, args);
  return Promise.resolve("ok");
}
