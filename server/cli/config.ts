import type { ConfigValueView, ConfigView } from "@sekisho/wire/admin/config.ts";
import { namesOf } from "../config/trees/config-source.ts";
import { basename } from "node:path";
import { readEnvironment } from "../config/loading/environment.ts";
import { exampleConfig } from "../config/docs/example.ts";
import { jsonSchema } from "../config/docs/json-schema.ts";
import { describeProblems } from "../config/problem.ts";
import { loadWholeConfig } from "../config/modules/whole-config.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

/** Problems go to standard error, one per line; the exit code is 1 when there are any. */
export async function checkConfig({ args, options, terminal }: Invocation): Promise<Exit> {
  const file = args[0] ?? options.text("config");
  if (args[0] !== undefined && options.has("config")) {
    throw cliFailure("usage", "Cannot check two files: give one, as argument or as --config");
  }
  const environment = readEnvironment(terminal.env);
  const env = options.text("env");
  const flags = {
    ...(file === undefined ? {} : { config: file }),
    ...(env === undefined ? {} : { env }),
  };
  const outcome = await loadWholeConfig({ environment, flags }, terminal.clock);
  const problems = outcome.ok ? [] : outcome.problems;
  const warnings = outcome.ok ? outcome.warnings : [];
  if (options.has("json")) {
    terminal.out(`${JSON.stringify({ ok: outcome.ok, problems, warnings })}\n`);
    return outcome.ok ? "ok" : "failed";
  }
  if (warnings.length > 0) terminal.err(`warning: ${describeProblems(warnings)}\n`);
  if (!outcome.ok) {
    terminal.err(`${describeProblems(problems)}\n`);
    return "failed";
  }
  terminal.err(`${namesOf(outcome.value.source) ?? "The embedded default"} is valid.\n`);
  return "ok";
}

const left = (title: string): Column => ({ title, align: "left" });

const isBelow = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);

/** `file:12`, `sekisho.prod.yaml:3`, `environment` … */
function originOf({ origin, line }: ConfigValueView, { overlay }: ConfigView): string {
  if (line === null) return origin;
  return `${origin === "overlay" ? basename(overlay ?? origin) : origin}:${line}`;
}

export async function showConfig(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await AdminClient.connect(invocation).get("/admin/config")) as ConfigView;
  const prefix = args[0];
  const values = view.values.filter(({ path }) => prefix === undefined || isBelow(path, prefix));
  if (values.length === 0) {
    throw cliFailure("refused", `Cannot show ${prefix ?? "the configuration"}: no such path`);
  }
  if (options.has("json")) {
    terminal.out(`${JSON.stringify({ ...view, values })}\n`);
    return "ok";
  }
  const withOrigin = options.has("origin");
  const columns = [left("PATH"), left("VALUE"), ...(withOrigin ? [left("ORIGIN")] : [])];
  const rows = values.map((each) => [each.path, JSON.stringify(each.value), originOf(each, view)]);
  terminal.out(formatTable(columns, rows));
  if (withOrigin && view.file !== null) terminal.err(`file: ${view.file}\n`);
  if (withOrigin && view.overlay !== null) terminal.err(`overlay: ${view.overlay}\n`);
  sayRestart(invocation, view);
  return "ok";
}

export async function setConfig(invocation: Invocation): Promise<Exit> {
  const [path = "", value = ""] = invocation.args;
  return change(invocation, "PUT", { path, body: { value: readValue(value) } });
}

export async function unsetConfig(invocation: Invocation): Promise<Exit> {
  const [path = ""] = invocation.args;
  return change(invocation, "DELETE", { path });
}

export async function reloadConfig(invocation: Invocation): Promise<Exit> {
  const answer = await AdminClient.connect(invocation).send("POST", "/admin/config/reload");
  // See showConfig.
  return sayDone(invocation, answer as ConfigView, "The server has read its configuration again.");
}

export function printExample({ terminal }: Invocation): Promise<Exit> {
  terminal.out(exampleConfig());
  return Promise.resolve("ok");
}

export function printSchema({ terminal }: Invocation): Promise<Exit> {
  terminal.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return Promise.resolve("ok");
}

/** JSON where it is JSON, else the text itself: `40`, `true`, `["a"]`, `eu-west-1`. */
const readValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const change = async (
  invocation: Invocation,
  method: "PUT" | "DELETE",
  { path, body }: { readonly path: string; readonly body?: { readonly value: unknown } },
): Promise<Exit> => {
  const client = AdminClient.connect(invocation);
  const answer = await client.send(method, `/admin/config/${encodeURIComponent(path)}`, body);
  const done = method === "PUT" ? `${path} is set.` : `${path} is no longer set at run time.`;
  // See showConfig.
  return sayDone(invocation, answer as ConfigView, done);
};

const sayDone = (invocation: Invocation, view: ConfigView, sentence: string): Exit => {
  const { options, terminal } = invocation;
  if (options.has("json")) terminal.out(`${JSON.stringify(view)}\n`);
  else terminal.err(`${sentence}\n`);
  for (const warning of view.warnings) terminal.err(`warning: ${printable(warning)}\n`);
  sayRestart(invocation, view);
  return "ok";
};

const sayRestart = ({ terminal }: Invocation, { restart }: ConfigView): void => {
  if (restart.length > 0) terminal.err(`Takes effect at the next start: ${restart.join(", ")}\n`);
};
