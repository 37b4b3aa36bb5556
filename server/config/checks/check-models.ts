import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";

type Models = ConfigShape["models"];
type Providers = ConfigShape["providers"];
type Alias = Extract<Models[string], { targets: unknown }>;
type Chain = Extract<Models[string], { chain: unknown }>;
type Choice = Extract<Models[string], { choose: unknown }>;
type Split = Extract<Models[string], { split: unknown }>;
type Wildcard = Extract<Models[string], { passThrough: unknown }>;

const finding = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
});

/** What is said of a name is true while what it leads to can be read. */
const aboutName = (path: ConfigPath, rest: string, to: ConfigPath): Finding => ({
  ...finding(path, rest),
  about: [to],
});

const modelNamed = (name: string): ConfigPath => ["models", name];

/** What no single value of a model shows: names of nothing, doubles, chains without an end. */
export const checkModels = ({ models, providers }: ConfigShape): Finding[] =>
  Object.entries(models).flatMap(([name, model]) => {
    const path = ["models", name];
    return [
      ...checkName(path, model),
      ...checkForm(path, model, { models, providers }),
      ...checkBackoff(path, model),
      ...checkSummary(path, model, models),
    ];
  });

function checkForm(
  path: ConfigPath,
  model: Models[string],
  { models, providers }: Pick<ConfigShape, "models" | "providers">,
): Finding[] {
  if ("chain" in model) return checkChain(path, model, models);
  if ("choose" in model) return checkChoice(path, model, models);
  if ("split" in model) return checkSplit(path, model, models);
  return "targets" in model
    ? checkAlias(path, model, providers)
    : checkWildcard(path, model, providers);
}

function checkName(path: ConfigPath, model: Models[string]): Finding[] {
  const isPattern = String(path.at(-1)).includes("*");
  const form = ["targets", "chain", "choose", "split"].find((each) => each in model);
  if (isPattern && form !== undefined) {
    return [finding([...path, form], " cannot serve a wildcard; use passThrough")];
  }
  if (isPattern || !("passThrough" in model)) return [];
  return [finding([...path, "passThrough"], " needs a * in the name; use targets")];
}

/** What summarises must answer under a name of its own, whatever it is asked. */
function checkSummary(path: ConfigPath, model: Models[string], models: Models): Finding[] {
  if (!("history" in model) || model.history !== "summarise") return [];
  const { model: name } = model.summary;
  const asked = models[name];
  const at = [...path, "summary", "model"];
  if (asked === undefined) {
    const rest = `: "${name}" is not under models; ${known(name, Object.keys(models))}`;
    return [aboutName(at, rest, modelNamed(name))];
  }
  if ("targets" in asked || "chain" in asked) return [];
  return [aboutName(at, `: "${name}" has neither targets nor a chain`, modelNamed(name))];
}

function checkBackoff(path: ConfigPath, model: Models[string]): Finding[] {
  if ("choose" in model || "split" in model) return [];
  const { backoffMs, backoffMaxMs } = model.attempts;
  if (backoffMs <= backoffMaxMs) return [];
  const limit = `the limit of backoffMaxMs, ${backoffMaxMs}`;
  return [finding([...path, "attempts", "backoffMs"], `: ${backoffMs} is above ${limit}`)];
}

function checkWildcard(path: ConfigPath, model: Wildcard, providers: Providers): Finding[] {
  const findings = checkProviderName(
    [...path, "passThrough"],
    model.passThrough.provider,
    providers,
  );
  if (model.price === "required" && model.unpriced === "allow") {
    findings.push(finding([...path, "unpriced"], ": allow contradicts price: required"));
  }
  return [...findings, ...checkOpenTimes(path, model)];
}

function checkAlias(path: ConfigPath, model: Alias, providers: Providers): Finding[] {
  const findings: Finding[] = [];
  for (const [at, target] of model.targets.entries()) {
    const { provider, credential } = target;
    const here = [...path, "targets", at];
    findings.push(...checkProviderName(here, provider, providers));
    findings.push(...checkCredential(here, { provider, credential }, providers));
    const twin = model.targets.slice(0, at).findIndex((each) => isSamePlace(each, target));
    if (twin >= 0) findings.push(finding(here, ` is the same as targets[${twin}]`));
  }
  return [...findings, ...checkOpenTimes(path, model)];
}

/** A target without a credential stands for all of them. */
const isSamePlace = (one: Alias["targets"][number], other: typeof one): boolean =>
  one.provider === other.provider &&
  one.model === other.model &&
  (one.credential === null || other.credential === null || one.credential === other.credential);

function checkCredential(
  path: ConfigPath,
  { provider, credential }: Pick<Alias["targets"][number], "provider" | "credential">,
  providers: Providers,
): Finding[] {
  const definition = providers[provider];
  if (credential === null || definition === undefined) return [];
  const ids = definition.credentials.map(({ id }) => id);
  if (ids.includes(credential)) return [];
  const at = [...path, "credential"];
  const rest = `: "${credential}" is no credential of "${provider}"; ${known(credential, ids)}`;
  return [aboutName(at, rest, ["providers", provider, "credentials"])];
}

function checkProviderName(path: ConfigPath, provider: string, providers: Providers): Finding[] {
  const names = Object.keys(providers);
  if (names.includes(provider)) return [];
  const rest = `: "${provider}" is not under providers; ${known(provider, names)}`;
  return [aboutName([...path, "provider"], rest, ["providers", provider])];
}

const known = (name: string, names: readonly string[]): string => {
  const hint = nearest(name, names);
  return hint === null ? "there are none" : `the nearest is "${hint.text}"`;
};

function checkOpenTimes(path: ConfigPath, { breaker }: Alias | Wildcard): Finding[] {
  const { openMs, openMaxMs } = breaker;
  if (openMs <= openMaxMs) return [];
  const at = [...path, "breaker", "openMs"];
  return [finding(at, `: ${openMs} is above the limit of openMaxMs, ${openMaxMs}`)];
}

function checkChain(path: ConfigPath, { chain }: Chain, models: Models): Finding[] {
  const findings = chain.flatMap((name, at): Finding[] => {
    const here = [...path, "chain", at];
    const unfit = checkLink(here, name, models);
    if (unfit !== null) return [unfit];
    if (chain.indexOf(name) < at) return [finding(here, `: "${name}" stands in the chain already`)];
    return [];
  });
  if (findings.length === 0 && leadsTo(String(path.at(-1)), chain, models)) {
    findings.push(finding([...path, "chain"], " leads back to itself"));
  }
  return findings;
}

/** What a name leads to is an alias with targets or a chain: null when it is. */
function checkLink(path: ConfigPath, name: string, models: Models): Finding | null {
  const link = models[name];
  const say = (rest: string): Finding => aboutName(path, `: "${name}" ${rest}`, modelNamed(name));
  if (link === undefined) {
    const names = Object.keys(models).filter((each) => !each.includes("*"));
    return say(`is not under models; ${known(name, names)}`);
  }
  if ("passThrough" in link) return say("is a wildcard");
  if ("choose" in link || "split" in link) return say("leaves a choice; name what it leads to");
  return null;
}

function checkChoice(
  path: ConfigPath,
  { simple, strong, rule }: Choice,
  models: Models,
): Finding[] {
  const findings = [
    checkLink([...path, "simple"], simple, models),
    checkLink([...path, "strong"], strong, models),
  ].filter((each) => each !== null);
  if (simple === strong) {
    findings.push(finding([...path, "strong"], `: "${strong}" is \`simple\` already`));
  }
  const { shortBelowChars, longAboveChars } = rule;
  if (shortBelowChars > longAboveChars + 1) {
    const limit = `longAboveChars, ${longAboveChars}: a message would be short and long`;
    findings.push(
      finding([...path, "rule", "shortBelowChars"], `: ${shortBelowChars} is above ${limit}`),
    );
  }
  return findings;
}

const maxArms = 16;

function checkSplit(path: ConfigPath, { split, canary }: Split, models: Models): Finding[] {
  const falls = canary.steps.findIndex((step, at) => at > 0 && step <= (canary.steps[at - 1] ?? 0));
  if (falls > 0) {
    const at = [...path, "canary", "steps", falls];
    return [finding(at, `: ${canary.steps[falls]} is not above the step before it`)];
  }
  const here = [...path, "split"];
  const names = Object.keys(split);
  if (names.length < 2) return [finding(here, " needs at least 2 arms")];
  if (names.length > maxArms) {
    return [finding(here, ` has ${names.length} arms; at most ${maxArms}`)];
  }
  if (Object.values(split).every((weight) => weight === 0)) {
    return [finding(here, " has no arm with a weight")];
  }
  return names
    .map((name) => checkLink([...here, name], name, models))
    .filter((each) => each !== null);
}

/** Is there a way from these links to the name? Links that were followed are not again. */
function leadsTo(name: string, links: readonly string[], models: Models): boolean {
  const followed = new Set<string>();
  const open = [...links];
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    if (link === name) return true;
    if (followed.has(link)) continue;
    followed.add(link);
    const model = models[link];
    if (model !== undefined && "chain" in model) open.push(...model.chain);
  }
  return false;
}
