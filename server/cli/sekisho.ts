import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import manifest from "../package.json" with { type: "json" };
import { commandsOf, findCommand } from "./command.ts";
import { commands } from "./commands.ts";
import { exitCodes, type Exit } from "./exit-codes.data.ts";
import { groupHelp, helpFor, overview, unknownCommand } from "./help.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one command line and says how it ended. Never throws: failures go to standard error. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<Exit> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.err(`sekisho: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitOf(error);
  }
}

/** The program: the command line, streams and exit code of `host`, which is this process. */
export async function runSekisho(host: NodeJS.Process, clock: Clock): Promise<void> {
  // Whoever reads us may stop early: `sekisho keys list | head -1`.
  host.stdout.on("error", (error) => {
    if (!("code" in error) || error.code !== "EPIPE") throw error;
    host.exit(exitCodes.ok.code);
  });
  const exit = await runCommandLine(host.argv.slice(2), {
    out: (text) => void host.stdout.write(text),
    pour: (text) =>
      new Promise((resolve) => {
        if (host.stdout.write(text)) resolve();
        else host.stdout.once("drain", resolve);
      }),
    err: (text) => void host.stderr.write(text),
    env: host.env,
    clock,
  });
  // Not exit(): what was written must leave first, and a started server stays.
  host.exitCode = exitCodes[exit].code;
}

const exitOf = (error: unknown): Exit => {
  const code = error instanceof Failure ? error.code : "failed";
  return code === "usage" || code === "unreachable" || code === "refused" ? code : "failed";
};

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<Exit> {
  const [first = "", second] = argv;
  if (first === "--version") return print(terminal, `${manifest.version}\n`);
  if (first === "--help" || first === "-h") return print(terminal, overview(commands));
  if (first === "") {
    terminal.err(overview(commands));
    return "usage";
  }
  const isGroup = commandsOf(commands, first).length > 0;
  if (isGroup && !commands.some(({ name }) => name === first)) {
    if (second === "--help" || second === "-h") return print(terminal, groupHelp(commands, first));
    if (second === undefined) {
      terminal.err(groupHelp(commands, first));
      return "usage";
    }
  }
  const found = findCommand(commands, argv);
  if (found === null) throw unknownCommand(commands, argv);
  const { command, taken } = found;
  // "circuits" lists them: what follows it is a word of the group, or an option; "cost" takes a
  // name.
  const takesNone = command.args.length === 0;
  if (isGroup && takesNone && taken === 1 && second !== undefined && !second.startsWith("-")) {
    throw unknownCommand(commands, argv);
  }
  const { args, options } = parseCommandLine(command, argv.slice(taken));
  if (options.has("help")) return print(terminal, helpFor(commands, command));
  const run = await command.load();
  return run({ commands, args, options, terminal });
}

const print = (terminal: Terminal, text: string): Exit => {
  terminal.out(text);
  return "ok";
};
