import { type ConfigPath, formatPath } from "../config-path.ts";
import { isLoopbackHost } from "../derived/listen-host.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import { checkChat, checkModerations } from "./check-chat.ts";
import { checkJudge, checkSemantic } from "./check-embedding-uses.ts";
import { checkIssuers } from "./check-issuers.ts";
import { checkModels } from "./check-models.ts";
import { checkPrices } from "./check-prices.ts";
import { checkProbes } from "./check-probes.ts";
import { checkProvider } from "./check-provider.ts";
import { checkVectors } from "./check-vectors.ts";
import type { ConfigShape } from "../schema.ts";
import type { Finding } from "../problem.ts";
import { runsSimulator, simulatedProviders } from "../derived/simulator-switch.ts";

type Tenant = ConfigShape["tenants"][string];

/** Tenants that no configuration can have: nobody's keys can be taken for theirs. */
const reservedTenants: ReadonlyMap<string, string> = new Map([
  ["operator", "is the tenant of admin keys"],
  ["sekisho", "is the tenant of probes"],
]);

/** Who calls from this machine without a key: a budget, a rate and rows are kept under it. */
export const guestKeyId = "loopback";

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
  ...checkPrices(config),
  ...checkProbes(config),
  ...checkSimulator(config),
  ...checkProcesses(config),
  ...checkModels(config),
  ...checkVectors(config),
  ...checkChat(config),
  ...checkModerations(config),
  ...checkJudge(config),
  ...checkSemantic(config),
  ...checkIdempotency(config),
  ...checkDrained(config),
  ...Object.entries(config.tenants).flatMap(([name, tenant]) => checkTenant(name, tenant)),
  ...checkKeyIds(config.tenants),
  ...checkIssuers(config),
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
  const about = [["features"], ["listen"], ["providers"]];
  return [{ ...finding(["features", "simulator"], rest), about }];
}

function checkProcesses({ features, processes }: ConfigShape): Finding[] {
  if (features.testEndpoints !== true || processes === 1) return [];
  const rest = `: true makes failures in one process, and processes is ${processes}`;
  const about = [["features"], ["processes"]];
  return [{ ...finding(["features", "testEndpoints"], rest), about }];
}

/** A key must not outlast the answer that it stands for. */
function checkIdempotency({ idempotency: { keepHours }, streams }: ConfigShape): Finding[] {
  if (keepHours <= streams.keepHours) return [];
  const rest = `: ${keepHours} is more than streams.keepHours, ${streams.keepHours}`;
  const about = [["idempotency"], ["streams"]];
  return [{ ...finding(["idempotency", "keepHours"], rest), about }];
}

function checkDrained({ drained, providers }: ConfigShape): Finding[] {
  const regions = Object.values(providers).map(({ region }) => region);
  const known = [...new Set([...regions, ...Object.keys(providers)])];
  return drained.flatMap((name, at) => {
    if (known.includes(name)) return [];
    const hint = nearest(name, known);
    const rest = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
    const sentence = `: "${name}" is no region and no provider; ${rest}`;
    return [{ ...finding(["drained", at], sentence), about: [["providers"]] }];
  });
}

function checkTenant(name: string, { keys, teams, budgets, rates }: Tenant): Finding[] {
  const path = ["tenants", name];
  const findings = [
    ...checkTwins(
      [...path, "budgets"],
      budgets.map(({ scope, window, name: own }) => `${scope} ${window ?? own}`),
    ),
    ...checkBudgets([...path, "budgets"], budgets),
    ...checkTwins(
      [...path, "rates"],
      rates.map(({ scope }) => scope),
    ),
    ...checkRates([...path, "rates"], rates),
  ];
  const owner = reservedTenants.get(name);
  if (owner !== undefined) findings.push(finding(path, ` ${owner}`));
  const named = budgets.flatMap(({ name: own }) => own ?? []);
  const budget = { known: named, what: "is no request's budget here", about: [...path, "budgets"] };
  const group = {
    known: Object.keys(teams),
    what: "is not under teams",
    about: [...path, "teams"],
  };
  for (const [at, { team, requestBudget }] of keys.entries()) {
    const own = [...path, "keys", at];
    findings.push(
      ...checkName([...own, "requestBudget"], requestBudget, budget),
      ...checkName([...own, "team"], team, group),
    );
  }
  return findings;
}

/** The names that there are, where they stand, and what one is that is none of them. */
interface Names {
  readonly known: readonly string[];
  readonly about: ConfigPath;
  readonly what: string;
}

function checkName(
  path: ConfigPath,
  name: string | null,
  { known, about, what }: Names,
): Finding[] {
  if (name === null || known.includes(name)) return [];
  const hint = nearest(name, known);
  const rest = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
  return [{ ...finding(path, `: "${name}" ${what}; ${rest}`), about: [about] }];
}

function checkBudgets(path: ConfigPath, budgets: Tenant["budgets"]): Finding[] {
  return budgets.flatMap((budget, at) => {
    const own = [...path, at];
    const found: Finding[] = [];
    const { scope, name, window, usd, inputTokens, outputTokens, totalTokens } = budget;
    const isLasting = scope === "session" || scope === "request";
    if (isLasting && window !== null) {
      found.push(finding([...own, "window"], ` is ${window}, but a ${scope} has no window`));
    }
    if (!isLasting && window === null) {
      found.push(finding([...own, "window"], " is missing: it must be one of day, month"));
    }
    if (scope === "request" && name === null) {
      found.push(finding([...own, "name"], " is missing: keys name it as their requestBudget"));
    }
    if (scope !== "request" && name !== null) {
      found.push(finding([...own, "name"], ` is "${name}", but only a request's budget has one`));
    }
    if (scope !== "request" && totalTokens !== null) {
      found.push(finding([...own, "totalTokens"], " is for a budget of the scope request alone"));
    }
    if ([usd, inputTokens, outputTokens, totalTokens].every((limit) => limit === null)) {
      found.push(finding(own, " limits nothing: usd, inputTokens or outputTokens is needed"));
    }
    return found;
  });
}

function checkRates(path: ConfigPath, rates: Tenant["rates"]): Finding[] {
  return rates.flatMap(({ requestsPerSecond, tokensPerMinute, concurrent }, at) => {
    if (requestsPerSecond !== null || tokensPerMinute !== null || concurrent !== null) return [];
    const needed = "requestsPerSecond, tokensPerMinute or concurrent is needed";
    return [finding([...path, at], ` limits nothing: ${needed}`)];
  });
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
      if (id === guestKeyId) findings.push(finding(path, " is that of callers without a key"));
    }
  }
  return findings;
}
