import {
  capabilityNames,
  type Capabilities,
  type Capability,
  type ModelDetails,
  type ModelPlace,
} from "@sekisho/wire/canonical/model-details.ts";
import type { ModelEntry } from "../model-entry.ts";
import { shownPriceAt, type Price } from "../price.ts";
import type { Target } from "../target.ts";
import { knownFacts } from "./model-facts.ts";
import { shownPrice } from "./shown-price.ts";

/** What clients may be told of a name: what holds wherever a call of it goes. */
export function modelDetails({ pools }: ModelEntry, wallMs: number): ModelDetails {
  const targets = pools.flatMap((pool) => pool.targets);
  const facts = targets.map(({ upstreamModel }) => knownFacts(upstreamModel));
  const prices = targets.map((target) => shownPriceAt(target.prices, wallMs));
  const dearest = prices.reduce(dearerOf, null);
  return {
    contextWindow: leastOf(facts.map((each) => each?.contextWindow ?? null)),
    maxOutputTokens: leastOf(facts.map((each) => each?.maxOutputTokens ?? null)),
    capabilities: sharedCapabilities(facts.map((each) => each?.capabilities ?? null)),
    price: dearest === null ? null : shownPrice(dearest),
    hasSeveralPrices: new Set(prices.map((price) => price?.version ?? null)).size > 1,
    places: placesOf(targets),
  };
}

/** Nothing is known of all of them when it is not known of one. */
const leastOf = (figures: readonly (number | null)[]): number | null => {
  const known = figures.filter((figure) => figure !== null);
  return known.length === figures.length && known.length > 0 ? Math.min(...known) : null;
};

/** By what a token in and a token out cost together. */
const dearerOf = (one: Price | null, other: Price | null): Price | null => {
  if (one === null || other === null) return one ?? other;
  return other.input + other.output > one.input + one.output ? other : one;
};

/** True where all of them can, false where one cannot. */
function sharedCapabilities(all: readonly (Capabilities | null)[]): Capabilities {
  const shared = (name: Capability): boolean | null => {
    const said = all.map((each) => each?.[name] ?? null);
    if (said.includes(false)) return false;
    return said.length > 0 && said.every((each) => each === true) ? true : null;
  };
  // Each name is there exactly once.
  return Object.fromEntries(capabilityNames.map((name) => [name, shared(name)])) as Record<
    Capability,
    boolean | null
  >;
}

/** Each provider and region once, in the order in which they are tried. */
function placesOf(targets: readonly Target[]): ModelPlace[] {
  const places = new Map(
    targets.map(({ provider, region }) => [`${provider} ${region}`, { provider, region }]),
  );
  return [...places.values()];
}
