import type { Command, Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { cliFailure } from "./terminal.ts";

const firstWords = (commands: readonly Command[]): string[] => [
  ...new Set(commands.map(({ name }) => name.split(" ", 1).join())),
];

const optionsOf = ({ options }: Command): string =>
  [...options.map(({ name }) => `--${name}`), "--help"].join(" ");

/** `start) words="--port …" ;;`: what may follow each name, groups first. */
const cases = (commands: readonly Command[]): string => {
  const lines = new Map<string, string[]>();
  const add = (name: string, word: string) => lines.set(name, [...(lines.get(name) ?? []), word]);
  for (const { name } of commands) {
    const [group = "", word] = name.split(" ");
    if (word !== undefined) add(group, word);
  }
  for (const command of commands) add(command.name, optionsOf(command));
  return [...lines]
    .map(([name, words]) => `    "${name}") words="${words.join(" ")}" ;;`)
    .join("\n");
};

/** Option values are completed as file names: FOLDER and FILE are the ones worth it. */
const bash = (commands: readonly Command[]): string => `_sekisho() {
  local words current name
  current="\${COMP_WORDS[COMP_CWORD]}"
  name="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
  while :; do
    case "$name" in
    "") words="${firstWords(commands).join(" ")} --version --help" ;;
${cases(commands)}
    *" "*) name="\${name% *}"; continue ;;
    *) words="" ;;
    esac
    break
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sekisho sekisho
`;

const zsh = (commands: readonly Command[]): string => `#compdef sekisho
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`;

export function completion({ args, commands, terminal }: Invocation): Promise<Exit> {
  const [shell = ""] = args;
  if (shell !== "bash" && shell !== "zsh") {
    throw cliFailure("usage", `Cannot complete for ${shell}: bash or zsh`);
  }
  terminal.out(shell === "bash" ? bash(commands) : zsh(commands));
  return Promise.resolve("ok");
}
