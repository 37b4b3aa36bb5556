import { readFileSync } from "node:fs";
import { announce } from "./announcement.ts";
import { processPorts } from "./compose/process/process-ports.ts";
import { readEnvironment, type ConfigFlags } from "./config/loading/environment.ts";
import { loadConfig } from "./config/loading/load-config.ts";
import { describeProblems } from "./config/problem.ts";
import { isWorker } from "./processes/fork-worker.ts";

/** How `sekisho start` is to start the server. */
export interface StartOrder {
  /** As typed. */
  readonly flags: ConfigFlags;
  /** Announces readiness as one line of JSON instead of text for people. */
  readonly json: boolean;
}

/** Starts the server and returns when it serves. Throws a sentence when it cannot. */
export async function start({ json, flags }: StartOrder): Promise<void> {
  const environment = readEnvironment(process.env);
  const load = () => loadConfig({ environment, flags });
  const loaded = load();
  if (!loaded.ok) {
    throw new Error(describeProblems(loaded.problems));
  }
  const ports = processPorts(loaded.value.config, process.stderr);
  // Also where a defect ends the process.
  process.on("exit", () => ports.log.flush());
  for (const { sentence } of loaded.warnings) ports.log.warn("configuration", { reason: sentence });
  const secrets = { variables: environment.variables, readFile: readFileSync };
  const crashAt = process.env["CRASH_AT"] === undefined ? null : Number(process.env["CRASH_AT"]);
  const options = { ...ports, load, loaded: loaded.value, secrets, crashAt };
  // Each loads what it runs: one that supervises starts the others before it has read all code.
  if (isWorker()) {
    const { serveAsWorker } = await import("./serve-as-worker.ts");
    return await serveAsWorker(options, process);
  }
  if (loaded.value.config.processes > 1) {
    const { superviseProcesses } = await import("./supervise-processes.ts");
    return await superviseProcesses(options, { json, stdout: process.stdout, process });
  }
  const { openEmbedded } = await import("./compose/embedded.ts");
  const { serveUntilSignal } = await import("./serve-until-signal.ts");
  const server = await openEmbedded(options);
  announce(server, { json, stdout: process.stdout });
  serveUntilSignal(server, { ...ports, process });
}
