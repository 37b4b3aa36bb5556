import type { Config } from "../config/schema.ts";
import { namesOf } from "../config/trees/config-source.ts";
import { readEnvironment } from "../config/loading/environment.ts";
import { describeProblems } from "../config/problem.ts";
import { loadWholeConfig } from "../config/modules/whole-config.ts";
import type { Invocation } from "./command.ts";
import { dataChecks } from "./doctor-data.ts";
import { issuerChecks } from "./doctor-issuers.ts";
import { networkChecks } from "./doctor-network.ts";
import { fail, ok, warn, type Finding } from "./doctor-finding.ts";
import type { Exit } from "./exit-codes.data.ts";
import { dataFolder } from "./server-file.ts";
import { formatTable, printable } from "./table.ts";

const oldestNode = [24, 12] as const;
/** 2026-01-01: this version is not older, so no right clock is before. */
const oldestWallMs = 1_767_225_600_000;

/** Checks everything that commonly keeps a server from starting. Fails when one check fails. */
export async function doctor(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const { finding, config } = await checkConfiguration(invocation);
  const port = options.port("port") ?? config?.listen.port ?? 8080;
  const folder = options.has("data") ? dataFolder(options, terminal) : (config?.data ?? "./data");
  const findings = [
    checkNode(process.versions.node),
    finding,
    ...dataChecks(folder),
    checkClock(terminal.clock.wallMs()),
    ...(await networkChecks({ port, folder })),
    ...(config === null ? [] : await issuerChecks(config)),
  ];
  if (options.has("json")) terminal.out(`${JSON.stringify({ checks: findings })}\n`);
  else terminal.out(report(findings));
  return findings.some(({ level }) => level === "fail") ? "failed" : "ok";
}

const report = (findings: readonly Finding[]): string => {
  const columns = ["LEVEL", "CHECK", "FOUND"].map((title) => ({ title, align: "left" }) as const);
  const table = formatTable(
    columns,
    findings.map(({ level, check, says }) => [level, check, says]),
  );
  const advice = findings.flatMap(({ check, advice }) =>
    advice === null ? [] : [`${check}: ${printable(advice)}\n`],
  );
  return advice.length === 0 ? table : `${table}\nWhat to do:\n${advice.join("")}`;
};

export const checkNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isNew) return ok("node", `Node ${version}`);
  const wanted = `${oldestNode.join(".")} or newer is needed`;
  return fail("node", `Node ${version}, ${wanted}`, 'run "npm start" or "npx sekisho"');
};

export const checkClock = (wallMs: number): Finding => {
  if (wallMs >= oldestWallMs) return ok("clock", "the date is plausible");
  const says = "the machine's date is before 2026";
  return fail("clock", says, "set the clock: budgets, ids and figures go by it");
};

interface CheckedConfiguration {
  readonly finding: Finding;
  readonly config: Config | null;
}

const checkConfiguration = async ({
  options,
  terminal,
}: Invocation): Promise<CheckedConfiguration> => {
  const [config, env] = [options.text("config"), options.text("env")];
  const flags = {
    ...(config === undefined ? {} : { config }),
    ...(env === undefined ? {} : { env }),
  };
  const environment = readEnvironment(terminal.env);
  const outcome = await loadWholeConfig({ environment, flags }, terminal.clock);
  if (!outcome.ok) {
    const says = describeProblems(outcome.problems).replaceAll("\n", "; ");
    const advice = 'correct it; "sekisho config check" shows every problem on its own line';
    return { finding: fail("config", says, advice), config: null };
  }
  const name = namesOf(outcome.value.source) ?? "no file, the embedded default";
  const [first] = outcome.warnings;
  const finding = first === undefined ? ok("config", name) : warn("config", name, first.sentence);
  return { finding, config: outcome.value.config };
};
