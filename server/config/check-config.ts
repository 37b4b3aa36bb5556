import { type ConfigPath, formatPath } from "./config-path.ts";
import { isLoopbackHost } from "./listen-host.ts";
import { nearest } from "./wording/nearest.ts";
import { checkProvider } from "./check-provider.ts";
import type { ConfigShape } from "./schema.ts";
import { asksFor } from "./schema/not-yet.ts";
import type { Finding } from "./problem.ts";
import { runsSimulator, simulatedProviders } from "./simulator-switch.ts";

type Models = ConfigShape["models"];
type Alias = Extract<Models[string], { targets: unknown }>;
type Tenant = ConfigShape["tenants"][string];

/** Admin keys belong to it, so that nobody's keys can be taken for them. */
export const reservedTenant = "operator";

const finding = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
});

/** What no single value shows: names of nothing, doubles, and keys that contradict each other. */
export const checkConfig = (config: ConfigShape): Finding[] => [
  ...checkListen(config.listen),
  ...Object.entries(config.providers).flatMap(([name, provider]) =>
    checkProvider(["providers", name], provider),
  ),
  ...checkSimulator(config),
  ...Object.entries(config.models).flatMap(([name, model]) =>
    checkModel(name, model, Object.keys(config.providers)),
  ),
  ...Object.entries(config.tenants).flatMap(([name, tenant]) => checkTenant(name, tenant)),
  ...checkKeyIds(config.tenants),
];

function checkListen({
  host,
  port,
  adminPort,
  public: isPublic,
}: ConfigShape["listen"]): Finding[] {
  const findings: Finding[] = [];
  if (!isLoopbackHost(host) && !isPublic) {
    const rest = `: "${host}" is open to other machines, which needs listen.public: true`;
    findings.push(finding(["listen", "host"], rest));
  }
  if (adminPort !== null && adminPort === port && port !== 0) {
    findings.push(finding(["listen", "adminPort"], `: ${adminPort} is listen.port already`));
  }
  return findings;
}

function checkSimulator(config: ConfigShape): Finding[] {
  const [name] = simulatedProviders(config.providers);
  if (name === undefined || runsSimulator(config)) return [];
  const provider = formatPath(["providers", name]);
  const rest =
    config.features.simulator === "auto"
      ? `: "auto" is off beside real providers and on a public listener, but ${provider} needs it`
      : `: false turns the simulator off, but ${provider} needs it`;
  return [finding(["features", "simulator"], rest)];
}

function checkModel(name: string, model: Models[string], providers: readonly string[]): Finding[] {
  const path = ["models", name];
  const own = "targets" in model ? checkAlias(path, model) : [];
  const named =
    "targets" in model
      ? model.targets.map(({ provider }, at) => ({ provider, at: [...path, "targets", at] }))
      : [{ provider: model.passThrough.provider, at: [...path, "passThrough"] }];
  const unknown = named
    .filter(({ provider }) => !providers.includes(provider))
    .map(({ provider, at }) => {
      const hint = nearest(provider, providers);
      const known = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
      return finding([...at, "provider"], `: "${provider}" is not under providers; ${known}`);
    });
  return [...checkModelName(path, model), ...own, ...unknown, ...checkBackoff(path, model)];
}

function checkModelName(path: ConfigPath, model: Models[string]): Finding[] {
  const isPattern = String(path.at(-1)).includes("*");
  if (isPattern && "targets" in model) {
    return [finding([...path, "targets"], " cannot serve a wildcard; use passThrough")];
  }
  if (!("passThrough" in model)) return [];
  const findings: Finding[] = [];
  if (!isPattern) {
    findings.push(finding([...path, "passThrough"], " needs a * in the name; use targets"));
  }
  if (model.price === "required" && model.unpriced === "allow") {
    findings.push(finding([...path, "unpriced"], ": allow contradicts price: required"));
  }
  return findings;
}

function checkBackoff(path: ConfigPath, { attempts }: Models[string]): Finding[] {
  const { backoffMs, backoffMaxMs } = attempts;
  if (backoffMs <= backoffMaxMs) return [];
  const limit = `the limit of backoffMaxMs, ${backoffMaxMs}`;
  return [finding([...path, "attempts", "backoffMs"], `: ${backoffMs} is above ${limit}`)];
}

/**
 * Balancers choose among targets of one priority. Where each priority has one target there is
 * nothing to choose, and every balancer means the same: fail-over in the order of priority.
 */
function checkAlias(path: ConfigPath, { targets, balance }: Alias): Finding[] {
  const findings: Finding[] = [];
  const priorities = targets.map(({ priority }) => priority);
  const isShared = (priority: number): boolean =>
    priorities.filter((other) => other === priority).length > 1;
  if (balance !== "failover" && priorities.some(isShared)) {
    const asks = asksFor(`the balancer ${balance} over targets of one priority`);
    findings.push(finding([...path, "balance"], `: "${balance}" ${asks}; write failover`));
  }
  const seen = new Map<string, number>();
  for (const [at, { provider, model, weight, priority }] of targets.entries()) {
    const here = [...path, "targets", at];
    if (weight !== 1 && isShared(priority)) {
      findings.push(finding([...here, "weight"], `: ${weight} ${asksFor("weighted balancing")}`));
    }
    const twin = seen.get(`${provider} ${model}`);
    if (twin !== undefined) findings.push(finding(here, ` is the same as targets[${twin}]`));
    seen.set(`${provider} ${model}`, at);
  }
  return findings;
}

function checkTenant(name: string, { keys, teams, budgets, rates }: Tenant): Finding[] {
  const path = ["tenants", name];
  const findings = [
    ...checkTwins(
      [...path, "budgets"],
      budgets.map(({ scope, window }) => `${scope} ${window}`),
    ),
    ...checkTwins(
      [...path, "rates"],
      rates.map(({ scope }) => scope),
    ),
  ];
  if (name === reservedTenant) findings.push(finding(path, " is the tenant of admin keys"));
  for (const [at, { team }] of keys.entries()) {
    if (team === null || Object.hasOwn(teams, team)) continue;
    const hint = nearest(team, Object.keys(teams));
    const known = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
    const rest = `: "${team}" is not under teams; ${known}`;
    findings.push(finding([...path, "keys", at, "team"], rest));
  }
  return findings;
}

/** Of two limits on the same thing one would be forgotten. */
function checkTwins(path: ConfigPath, identities: readonly string[]): Finding[] {
  return identities.flatMap((identity, at) => {
    const first = identities.indexOf(identity);
    const name = `${String(path.at(-1))}[${first}]`;
    return first === at ? [] : [finding([...path, at], ` limits the same as ${name}`)];
  });
}

function checkKeyIds(tenants: ConfigShape["tenants"]): Finding[] {
  const seen = new Map<string, ConfigPath>();
  const findings: Finding[] = [];
  for (const [name, { keys }] of Object.entries(tenants)) {
    for (const [at, { id }] of keys.entries()) {
      const path = ["tenants", name, "keys", at, "id"];
      const twin = seen.get(id);
      if (twin === undefined) seen.set(id, path);
      else findings.push(finding(path, `: "${id}" is ${formatPath(twin)} already`));
    }
  }
  return findings;
}
