import { readFileSync } from "node:fs";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { openCore } from "../compose/open-core.ts";
import { processPorts } from "../compose/process/process-ports.ts";
import { readEnvironment, type Environment } from "../config/loading/environment.ts";
import { loadConfig } from "../config/loading/load-config.ts";
import { parseConfig } from "../config/loading/parse-config.ts";
import { describeProblems, type Outcome } from "../config/problem.ts";
import type { LoadedConfig } from "../config/loading/resolve-config.ts";
import type { ConfigInput } from "../config/schema.ts";
import { LibraryGateway } from "./library-gateway.ts";
import { creationError } from "./sekisho-error.ts";
import type { SekishoGateway } from "./sekisho-gateway.ts";

/**
 * A configuration as it stands in `sekisho.yaml`, every key optional: they are all in
 * docs/operating/configuration.md. What is for listeners alone has no effect. `data: ":memory:"`
 * keeps nothing.
 */
export type GatewayConfig = ConfigInput;

/** A configuration that stands in a file, with its overlays and SEKISHO_ variables. */
export interface GatewayConfigFile {
  readonly file: string;
}

/**
 * Makes a gateway inside this process: the same stages, targets, budgets and ledger as those of
 * `sekisho start`, and no listener. Without a configuration it has the embedded default: simulated
 * models, the tenant `demo`, the data folder `./data`. Rejects with SekishoError, whose message
 * names each problem of a configuration.
 *
 * @example
 *   await using gateway = await createGateway({ data: ":memory:" });
 */
export async function createGateway(
  config: GatewayConfig | GatewayConfigFile = {},
): Promise<SekishoGateway> {
  try {
    const environment = readEnvironment(process.env);
    const load = loaderOf(config, environment);
    const loaded = load();
    if (!loaded.ok) throw refusal(describeProblems(loaded.problems));
    const ports = processPorts(loaded.value.config, process.stderr);
    const secrets = { variables: environment.variables, readFile: readFileSync };
    const options = { ...ports, load, loaded: loaded.value, secrets, crashAt: null };
    return new LibraryGateway({ ...ports, core: await openCore(options) });
  } catch (error) {
    throw creationError(error);
  }
}

function loaderOf(
  config: GatewayConfig | GatewayConfigFile,
  environment: Environment,
): () => Outcome<LoadedConfig> {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw refusal("the configuration is no object");
  }
  if ("file" in config) {
    const { file, ...others } = config;
    const [other] = Object.keys(others);
    if (other !== undefined) {
      throw refusal(`${other} stands beside file: it belongs in the file, or in its place`);
    }
    if (typeof file !== "string") throw refusal("file is no text");
    return () => loadConfig({ environment, flags: { config: file } });
  }
  const bytes = Buffer.from(JSON.stringify(quiet(config)));
  const { variables } = environment;
  const sources = { settings: [], variables, readFile: readFileSync };
  return () => withoutLines(parseConfig({ name: "the configuration", bytes }, sources));
}

/** A library has no log of its own that anybody asked for: only what needs somebody is told. */
const quiet = (config: GatewayConfig): GatewayConfig =>
  typeof config.log === "object" || config.log === undefined
    ? { ...config, log: { level: "warn", ...config.log } }
    : config;

/** An object has none. */
function withoutLines(outcome: Outcome<LoadedConfig>): Outcome<LoadedConfig> {
  if (outcome.ok) return outcome;
  const problems = outcome.problems.map((each) => ({ ...each, file: null, line: null }));
  return { ok: false, problems };
}

const refusal = (why: string): Failure<Code> => new Failure<Code>("invalid_value", why);
