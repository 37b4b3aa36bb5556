import { Catalog, type Wildcard } from "@sekisho/gateway/catalog/catalog.ts";
import { factsOf } from "@sekisho/gateway/catalog/model-facts.ts";
import { builtinPrice } from "@sekisho/gateway/catalog/price-book.ts";
import type { ModelEntry } from "@sekisho/gateway/model-entry.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Price } from "@sekisho/gateway/price.ts";
import type { Target, TargetApis } from "@sekisho/gateway/target.ts";
import { nanoUsd } from "../config/nano-usd.ts";
import { dialectOf } from "../config/provider-endpoint.ts";
import type { Config, ModelConfig, ProviderConfig } from "../config/schema.ts";

type AliasConfig = Extract<ModelConfig, { targets: unknown }>;
type WildcardConfig = Extract<ModelConfig, { passThrough: unknown }>;
type TargetConfig = AliasConfig["targets"][number];

/**
 * What a price costs that is neither in the book nor in the file, where that is allowed: nothing.
 */
const free: Price = {
  version: "unpriced",
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
};

/** The names that clients may use, as the configuration describes them. */
export function catalogOf(config: Config): Catalog {
  const entries: ModelEntry[] = [];
  const wildcards: Wildcard[] = [];
  for (const [name, model] of Object.entries(config.models)) {
    if ("targets" in model) {
      entries.push(
        entryOf(
          name,
          model,
          model.targets.map((each) => aliasTarget(config, model, each)),
        ),
      );
    } else {
      wildcards.push({
        pattern: name,
        entryFor: (asked) =>
          entryOf(asked, model, [wildcardTarget(config, model, { name, asked })]),
      });
    }
  }
  return new Catalog(entries, wildcards);
}

const entryOf = (name: string, model: ModelConfig, targets: readonly Target[]): ModelEntry => ({
  name,
  targets,
  policy: model.attempts,
  timeouts: model.timeouts,
  defaults: model.defaults,
  defaultMaxTokens: model.defaults.maxTokens,
});

function wildcardTarget(
  config: Config,
  model: WildcardConfig,
  { name, asked }: { readonly name: string; readonly asked: string },
): Target {
  const price = priceOf(config, asked);
  if (price === null && model.price === "required") {
    throw new Failure<Code>(
      "unpriced",
      `Cannot call model "${asked.slice(0, 128)}": it has no price, and "${name}" requires one ` +
        "(an administrator sets prices.override, or unpriced: allow)",
      { param: "model" },
    );
  }
  const mayBeFree = model.unpriced === "allow" || config.prices.unpriced === "allow";
  return {
    ...place(config, model.passThrough.provider, circuitOf(price, name)),
    upstreamModel: asked,
    priority: 0,
    weight: 1,
    facts: factsOf(asked),
    breaker: model.breaker,
    price: price ?? (mayBeFree ? free : null),
  };
}

/**
 * A model of the price book has a circuit of its own, under whatever name it was asked for. Others
 * share that of their pattern: clients choose the names, and nobody bounds how many.
 */
const circuitOf = (price: Price | null, pattern: string): string =>
  price === null ? pattern : price.version.slice(price.version.indexOf("/") + 1);

function aliasTarget(config: Config, model: ModelConfig, target: TargetConfig): Target {
  const price = priceOf(config, target.model);
  return {
    ...place(config, target.provider, target.model),
    upstreamModel: target.model,
    priority: target.priority,
    weight: target.weight,
    facts: factsOf(target.model),
    breaker: model.breaker,
    price: price ?? (config.prices.unpriced === "allow" ? free : null),
  };
}

function place(
  config: Config,
  provider: string,
  model: string,
): Pick<Target, "id" | "provider" | "region" | "credentialId" | "apis"> {
  const definition = config.providers[provider];
  if (definition === undefined) {
    throw new Error(`Cannot build the catalogue: provider "${provider}" is not configured`);
  }
  const credentialId = definition.credentials[0]?.id ?? "none";
  return {
    id: `${provider}/${credentialId}/${model}`,
    provider,
    region: definition.region,
    credentialId,
    apis: apisOf(definition),
  };
}

/** What a provider is asked in. */
function apisOf(provider: ProviderConfig): TargetApis {
  switch (dialectOf(provider)) {
    case "openai":
      return "openai.chat";
    case "anthropic":
      return "anthropic.messages";
    case "bedrock":
      return `bedrock.${provider.kind === "bedrock" ? provider.api : "auto"}`;
  }
}

function priceOf(config: Config, model: string): Price | null {
  const line = config.prices.override[model];
  if (line === undefined) return builtinPrice(model);
  const exact = (usd: number | null, otherwise: number): number =>
    usd === null ? otherwise : (nanoUsd(usd) ?? otherwise);
  const input = exact(line.inputUsdPerMillion, 0);
  return {
    version: `config/${model}`,
    input,
    output: exact(line.outputUsdPerMillion, 0),
    cacheRead: exact(line.cacheReadUsdPerMillion, input),
    cacheWrite5m: exact(line.cacheWrite5mUsdPerMillion, input),
    cacheWrite1h: exact(line.cacheWrite1hUsdPerMillion, input),
  };
}
