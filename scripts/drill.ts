import { closest } from "@sekisho/lib/text/closest.ts";
import { formatTable } from "@sekisho/server/cli/table.ts";
import { ServerProcess } from "../tests/harness/server-process.ts";
import { canary } from "./drills/canary.ts";
import { circuit } from "./drills/circuit.ts";
import { distribution } from "./drills/distribution.ts";
import { defaultUrl, readArguments, type DrillArguments } from "./drills/drill-arguments.ts";
import { DrillServer } from "./drills/drill-server.ts";
import { DrillFailure } from "./drills/drill-failure.ts";
import type { Drill, DrillContext, DrillReport, OwnDrill } from "./drills/drill.ts";
import { hedging } from "./drills/hedging.ts";
import { monitor } from "./drills/monitor.ts";
import { recovery } from "./drills/recovery.ts";
import { regionOutage } from "./drills/region-outage.ts";

/**
 * `npm run drill -- <name> [base URL] [options]`. Exit code 0: everything was shown; 1: something
 * was not; 2: the drill could not be run.
 */
const drills: Readonly<Record<string, Drill | OwnDrill>> = {
  circuit,
  recovery,
  distribution,
  monitor,
  "region-outage": regionOutage,
  canary,
  hedging,
};

function help(): string {
  const lines = Object.entries(drills).flatMap(([name, { about, options, texts = {} }]) => [
    `  ${name}`,
    `      ${about}`,
    ...Object.entries(options).map(
      ([option, row]) => `      --${option}=N  ${row.about}, ${row.standard} unless told`,
    ),
    ...Object.entries(texts).map(([option, what]) => `      --${option}=…  ${what}`),
  ]);
  return [
    `npm run drill -- <name> [base URL] [options]; the base URL is ${defaultUrl} unless told`,
    "",
    ...lines,
    "",
    "  --own            starts a server for this drill alone, with a data folder that goes with it",
    "  --json           one JSON document on standard output, what goes on on standard error",
    "  --key=KEY        of a client, where the server wants one for /chat (SEKISHO_KEY)",
    "  --admin-key=KEY  where it wants one for /test (SEKISHO_ADMIN_KEY)",
    "",
  ].join("\n");
}

function unknownDrill(name: string): string {
  const near = closest(name, Object.keys(drills));
  const known = `there are ${Object.keys(drills).join(", ")}`;
  const hint = near === null ? known : `did you mean ${near}?`;
  return `Cannot run drill "${name}": there is none of this name; ${hint}`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  const drill = Object.hasOwn(drills, name) ? drills[name] : undefined;
  if (drill === undefined || rest.includes("--help")) {
    const isAsked = drill !== undefined || ["help", "--help", "-h"].includes(name);
    if (!isAsked) throw new DrillFailure(unknownDrill(name));
    process.stdout.write(help());
    return 0;
  }
  const asked = readArguments(rest, drill, process.env);
  if ("runOwn" in drill) {
    // Nobody is asked for --own where nothing else can be meant.
    if (asked.isUrlGiven) {
      const why = "it needs a configuration of its own, and starts a server with it";
      throw new DrillFailure(`Cannot run drill "${name}" against ${asked.url}: ${why}`);
    }
    const startedAt = new Date().toISOString();
    const report = await drill.runOwn(contextOf(asked));
    return tell(asked, report, { drill: name, startedAt });
  }
  await using own = asked.isOwn ? await ServerProcess.start() : null;
  const url = own?.url ?? asked.url;
  const keys = { client: asked.key, admin: own?.ready.adminKey ?? asked.adminKey };
  const server = await DrillServer.connect(url, keys);
  const startedAt = new Date().toISOString();
  const report = await drill.run({ server, ...contextOf(asked) });
  return tell(asked, report, { drill: name, url, startedAt });
}

function tell(
  { isJson }: Pick<DrillArguments, "isJson">,
  report: DrillReport,
  about: object,
): number {
  const ok = report.findings.every((finding) => finding.isMet);
  const document = JSON.stringify({ ...about, ok, ...report });
  process.stdout.write(isJson ? `${document}\n` : verdict(report));
  return ok ? 0 : 1;
}

/** A first interrupt ends it in order: what was made to fail is mended. A second one does not. */
function contextOf({ isJson, option, text }: DrillArguments): Omit<DrillContext, "server"> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const out = isJson ? process.stderr : process.stdout;
  const say = (line: string): void => void out.write(`${line}\n`);
  return { option, text, say, stop: stop.signal };
}

function verdict({ findings }: DrillReport): string {
  if (findings.length === 0) return "";
  const columns = ["what", "found", "limit", ""].map((title) => ({
    title,
    align: "left" as const,
  }));
  const rows = findings.map(({ what, found, limit, isMet }) => [
    what,
    found,
    limit,
    isMet ? "ok" : "FAILED",
  ]);
  return `\n${formatTable(columns, rows)}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof DrillFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
