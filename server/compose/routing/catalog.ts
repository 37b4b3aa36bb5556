import { Catalog, type Wildcard } from "@sekisho/gateway/catalog/catalog.ts";
import { embeddingFactsOf } from "@sekisho/gateway/catalog/embedding-facts.ts";
import { factsOf } from "@sekisho/gateway/catalog/model-facts.ts";
import type { ModelEntry, Pool, PoolBalance, Steering } from "@sekisho/gateway/model-entry.ts";
import { continueWayOf } from "@sekisho/gateway/catalog/continue-way.ts";
import { outputFactorOf } from "@sekisho/gateway/catalog/output-factor.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { complexityRule } from "@sekisho/gateway/route/complexity-rule.ts";
import { overridePath, shownModel } from "@sekisho/gateway/model-name.ts";
import { neverPriced } from "@sekisho/gateway/price.ts";
import type { TokenEstimates } from "@sekisho/gateway/token-estimates.ts";
import type { ContinueWay, QuotaPolicy, Target, TargetApis } from "@sekisho/gateway/target.ts";
import { isBalancePath } from "../../config/schema/balance.ts";
import { dialectOf } from "../../config/derived/provider-endpoint.ts";
import type { Config, ModelConfig, ProviderConfig } from "../../config/schema.ts";
import type { Balancers } from "./balancers.ts";
import { pricedNames, pricesOf, pricesOrFree } from "./prices.ts";

type AliasConfig = Extract<ModelConfig, { targets: unknown }>;
type WildcardConfig = Extract<ModelConfig, { passThrough: unknown }>;
type ChoiceConfig = Extract<ModelConfig, { choose: unknown }>;
type SplitConfig = Extract<ModelConfig, { split: unknown }>;
type TriedConfig = Exclude<ModelConfig, ChoiceConfig | SplitConfig>;
type TargetConfig = AliasConfig["targets"][number];

/** The names that clients may use, as the configuration describes them. */
export function catalogOf(
  config: Config,
  balancers: Balancers,
  calibrated: EstimatesOf = nothingLearnt,
): Catalog {
  const learning = learningBy(calibrated);
  const pools = new Map<string, Pool>();
  const wildcards: Wildcard[] = [];
  for (const [name, model] of Object.entries(config.models)) {
    if ("targets" in model) {
      const targets = model.targets.flatMap((each) =>
        aliasTargets(config, model, each).map(learning),
      );
      const balance = balanceOf(model, balancers);
      pools.set(name, poolOf(name, model, { targets, balance }));
    } else if ("passThrough" in model) {
      wildcards.push({
        pattern: name,
        entryFor: (asked) => wildcardEntry(config, { name, asked }, learning),
        namesLike: (asked) =>
          pricedNames(config, asked).filter((known) => matchesWildcard(name, known)),
      });
    }
  }
  const entries = Object.entries(config.models).flatMap(([name, model]) => {
    if ("passThrough" in model) return [];
    if ("choose" in model) return [choiceOf(name, model, { config, pools })];
    if ("split" in model) return [splitOf(name, model, { config, pools })];
    return [entryOf(name, model, { config, pools: linksOf(config, name, pools) })];
  });
  return new Catalog(entries, wildcards);
}

/** What is learnt of a model's family, for as long as the process lives. */
export type EstimatesOf = (upstreamModel: string) => TokenEstimates | null;

const nothingLearnt: EstimatesOf = () => null;

function learningBy(calibrated: EstimatesOf): (target: Target) => Target {
  return (target) => {
    const estimates = calibrated(target.upstreamModel);
    return estimates === null ? target : { ...target, estimates };
  };
}

/** The modules of a configuration are loaded before its catalogue is made. */
function balanceOf({ balance }: AliasConfig, balancers: Balancers): PoolBalance {
  if (!isBalancePath(balance)) return balance;
  const module = balancers.get(balance);
  if (module === undefined) throw new Error(`Cannot build the catalogue: no module "${balance}"`);
  return module;
}

interface Known {
  readonly config: Config;
  readonly pools: ReadonlyMap<string, Pool>;
}

/** What a choice leads to is under its name, and has the limits of the alias that it names. */
function choiceOf(name: string, model: ChoiceConfig, known: Known): ModelEntry {
  const { simple, strong, simpleMaxTokens, rule } = model;
  const instead = branchOf(name, strong, known);
  const cheap = { ...branchOf(name, simple, known), instead };
  const branches = { simple: capped(cheap, simpleMaxTokens), strong: instead };
  const pools = [simple, strong].flatMap((each) => linksOf(known.config, each, known.pools));
  const { policy, totalMs } = branches.strong;
  const choice = { kind: "complexity", rule: complexityRule(rule), ...branches } as const;
  return { name, pools: [...new Set(pools)], policy, totalMs, choice };
}

/** The same of a split; its own limits are those of its first arm. */
function splitOf(name: string, model: SplitConfig, known: Known): ModelEntry {
  const { split, sticky, salt, rollback, canary } = model;
  const arms = Object.entries(split).map(([arm, weight]) => ({
    name: arm,
    weight,
    entry: branchOf(name, arm, known),
  }));
  const [first] = arms;
  if (first === undefined) throw new Error(`Cannot build the catalogue: "${name}" has no arms`);
  const pools = [...new Set(arms.flatMap(({ entry }) => entry.pools))];
  const { policy, totalMs } = first.entry;
  const own = { split: name, arms, sticky, salt: salt ?? name, rollback, canary };
  const choice = { kind: "split", ...own } as const;
  return { name, pools, policy, totalMs, choice };
}

function branchOf(name: string, branch: string, { config, pools }: Known): ModelEntry {
  const model = config.models[branch];
  if (model === undefined || "choose" in model || "split" in model) {
    throw new Error(`Cannot build the catalogue: "${branch}" serves no choice`);
  }
  const links = linksOf(config, branch, pools);
  return { ...entryOf(name, model, { config, pools: links }), branch };
}

interface Linked {
  readonly config: Config;
  readonly pools: readonly Pool[];
}

const capped = (entry: ModelEntry, answerCap: number | null): ModelEntry =>
  answerCap === null
    ? entry
    : { ...entry, pools: entry.pools.map((pool) => ({ ...pool, answerCap })) };

const entryOf = (name: string, model: TriedConfig, { config, pools }: Linked): ModelEntry => ({
  name,
  pools,
  policy: model.attempts,
  totalMs: model.timeouts.totalMs,
  steering: steeringOf(model),
  ...cacheOf(config, model),
});

/** What the alias says wins; absent where no answer is kept, as for those that cannot be named. */
function cacheOf({ cache }: Config, { cache: own }: TriedConfig): Pick<ModelEntry, "cache"> {
  const use = own.use ?? cache.use;
  if (use === "off") return {};
  const { model, threshold } = cache.semantic;
  return {
    cache: {
      use,
      ttlMs: (own.ttlSeconds ?? cache.ttlSeconds) * 1_000,
      scope: own.scope ?? cache.scope,
      byTemperature: own.byTemperature ?? cache.byTemperature,
      ...(own.semantic && model !== null ? { semantic: { model, threshold } } : {}),
    },
  };
}

/** Null where nothing is declared, as for most: calls look no further then. */
function steeringOf(model: TriedConfig): Steering | null {
  const { panicBelow, midStream, history, summary } = model;
  const hedge = "hedge" in model && model.hedge.enabled ? model.hedge : null;
  const isUsual =
    panicBelow === null && hedge === null && midStream === "error" && history === "refuse";
  if (isUsual) return null;
  const steering = { panicBelow, hedge, midStream, history };
  return history === "summarise" ? { ...steering, summary } : steering;
}

const poolOf = (
  name: string,
  { timeouts, defaults }: AliasConfig | WildcardConfig,
  { targets, balance }: Pick<Pool, "targets" | "balance">,
): Pool => ({
  name,
  targets,
  balance,
  timeouts,
  defaults,
  defaultMaxTokens: defaults.maxTokens,
});

/** The pools of a name in the order of its chain, each once; the configuration was checked. */
function linksOf(config: Config, name: string, pools: ReadonlyMap<string, Pool>): Pool[] {
  const model = config.models[name];
  if (model !== undefined && "chain" in model) {
    return [...new Set(model.chain.flatMap((link) => linksOf(config, link, pools)))];
  }
  const pool = pools.get(name);
  if (pool === undefined) throw new Error(`Cannot build the catalogue: no pool "${name}"`);
  return [pool];
}

function wildcardEntry(
  config: Config,
  { name, asked }: { readonly name: string; readonly asked: string },
  learning: (target: Target) => Target,
): ModelEntry {
  const model = config.models[name];
  if (model === undefined || !("passThrough" in model)) {
    throw new Error(`Cannot build the catalogue: "${name}" is no wildcard`);
  }
  const targets = wildcardTargets(config, model, { name, asked }).map(learning);
  const pools = [poolOf(name, model, { targets, balance: "round-robin" })];
  return entryOf(asked, model, { config, pools });
}

function wildcardTargets(
  config: Config,
  model: WildcardConfig,
  { name, asked }: { readonly name: string; readonly asked: string },
): Target[] {
  const priced = pricesOf(config, asked);
  if (priced === null && model.price === "required") {
    throw new Failure<Code>(
      "unpriced",
      `Cannot call model "${shownModel(asked)}": it has no price, and "${name}" requires one ` +
        `(an administrator sets ${overridePath(asked)}, or unpriced: allow)`,
      { param: "model" },
    );
  }
  const mayBeFree = model.unpriced === "allow" || config.prices.unpriced === "allow";
  const { provider } = model.passThrough;
  // A model with a price has a circuit of its own, under whatever name it was asked for. Others
  // share that of their pattern: clients choose the names, and nobody bounds how many.
  return placesOf(config, { provider, credential: null }, priced?.name ?? name).map((place) => ({
    ...place,
    upstreamModel: asked,
    priority: 0,
    weight: 1,
    facts: factsOf(asked),
    embedding: embeddingFactsOf(asked),
    breaker: model.breaker,
    prices: mayBeFree ? pricesOrFree(priced) : (priced?.prices ?? neverPriced),
    quota: quotaOf(config, provider, asked),
    continues: continueWayOf(asked),
  }));
}

/** A target under each of its provider's credentials: they share its weight. */
function aliasTargets(config: Config, model: AliasConfig, target: TargetConfig): Target[] {
  const priced = pricesOf(config, target.model);
  const mayBeFree = config.prices.unpriced === "allow";
  const places = placesOf(config, target, target.model);
  return places.map((place) => ({
    ...place,
    upstreamModel: target.model,
    priority: target.priority,
    weight: target.weight / places.length,
    facts: factsOf(target.model),
    embedding: embeddingFactsOf(target.model),
    breaker: model.breaker,
    prices: mayBeFree ? pricesOrFree(priced) : (priced?.prices ?? neverPriced),
    quota: quotaOf(config, target.provider, target.model),
    continues: continuesOf(target),
  }));
}

function continuesOf({ continues, model }: TargetConfig): ContinueWay | null {
  if (continues === "auto") return continueWayOf(model);
  return continues === "never" ? null : continues;
}

function quotaOf(config: Config, provider: string, model: string): QuotaPolicy | null {
  const { requestsPerMinute = null, tokensPerMinute = null } =
    config.providers[provider]?.limits ?? {};
  if (requestsPerMinute === null && tokensPerMinute === null) return null;
  return { requestsPerMinute, tokensPerMinute, outputFactor: outputFactorOf(model) };
}

type Place = Pick<
  Target,
  "id" | "provider" | "region" | "credentialId" | "circuitName" | "apis" | "place"
>;

function placesOf(
  config: Config,
  { provider, credential }: Pick<TargetConfig, "provider" | "credential">,
  circuitName: string,
): Place[] {
  const definition = config.providers[provider];
  if (definition === undefined) {
    throw new Error(`Cannot build the catalogue: provider "${provider}" is not configured`);
  }
  const ids = definition.credentials.map(({ id }) => id);
  const named = credential === null ? ids : [credential];
  return (named.length === 0 ? [null] : named).map((credentialId) => ({
    id: `${provider}/${credentialId ?? "none"}/${circuitName}`,
    provider,
    region: definition.region,
    credentialId,
    circuitName,
    apis: apisOf(definition),
    place: definition.health,
  }));
}

/** What a provider is asked in. */
function apisOf(provider: ProviderConfig): TargetApis {
  if (provider.kind === "ai-sdk") return "ai-sdk";
  switch (dialectOf(provider)) {
    case "openai":
      return "openai.chat";
    case "anthropic":
      return "anthropic.messages";
    case "gemini":
      return "gemini.generateContent";
    case "bedrock":
      return `bedrock.${provider.kind === "bedrock" ? provider.api : "auto"}`;
  }
}
