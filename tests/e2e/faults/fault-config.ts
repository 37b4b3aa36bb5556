import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import type { ContractTarget, ProviderInput } from "../../contract/targets/contract-target.ts";
import { faultRows, longTokens, markerOf, usualTokens, type FaultRow } from "./fault-rows.ts";
import type { FaultRowName } from "./outcomes/fault-outcome.ts";
import {
  generous,
  steadfast,
  steadfastProvider,
  type ModelInput,
  type PoolInput,
} from "./steadfast.ts";
import { awaitedFaults, usualOutcomes } from "./outcomes/usual.data.ts";

/** Where each fault of an address or of a link is met. */
export type FaultAddresses = ReadonlyMap<string, string>;

/** A busy machine must not look like a stall. */
export const patient = { firstTokenMs: 20_000, betweenTokensMs: 20_000, attemptMs: 30_000 };

/** And a stall must not cost a test much. */
const impatient = {
  connectMs: 2_500,
  /** Nothing comes, or a whole answer is waited for. */
  ever: { firstTokenMs: 2_500, betweenTokensMs: 2_500, attemptMs: 2_500 },
  /** A stream has begun. */
  betweenTokens: { ...patient, betweenTokensMs: 1_500 },
};

const howOf = (stream: boolean): string => (stream ? "streamed" : "whole");

/** Models of a stage, by the names that its cells use. */
export const modelNames = {
  sole: (fault: string, stream: boolean): string => `sole-${fault}-${howOf(stream)}`,
  /** The faulty target, then a faultless one. */
  pair: (fault: string, stream: boolean): string => `pair-${fault}-${howOf(stream)}`,
  /** A faultless answer of the same target, and of the one that pairs fail over to. */
  well: (tokens: number): string => `well-${tokens}`,
  far: "far",
};

/** Whom a pair fails over to: a provider of another dialect. */
export const farOf = (target: ContractTarget): ContractTarget => {
  const next = dialectTargets[(dialectTargets.indexOf(target) + 1) % dialectTargets.length];
  if (next === undefined) throw new Error(`No target beside ${target.name}`);
  return next;
};

const providers = (
  target: ContractTarget,
  simulatorUrl: string,
  addresses: FaultAddresses,
): Record<string, ProviderInput> => {
  const faulty = [...addresses].map(([fault, url]) => {
    const connectMs = fault === "tls-silent" ? impatient.connectMs : undefined;
    return [fault, steadfastProvider(target, url, connectMs)];
  });
  return {
    near: steadfastProvider(target, simulatorUrl),
    far: steadfastProvider(farOf(target), simulatorUrl),
    ...Object.fromEntries(faulty),
  };
};

const timeoutsOf = (fault: FaultRowName, stream: boolean): PoolInput["timeouts"] => {
  if (!awaitedFaults.has(fault)) return patient;
  // Tokens never stop coming there: it is the whole attempt that takes too long.
  if (fault === "endless") return impatient.ever;
  const isBegun = typeof usualOutcomes[fault].stream === "object";
  return stream && isBegun ? impatient.betweenTokens : impatient.ever;
};

type Target = PoolInput["targets"][number];

const modelsOf = (
  { name, source }: FaultRow,
  target: ContractTarget,
  far: Target,
): [string, ModelInput][] => {
  const model = target.upstreamModel + source.marker;
  const first = { provider: source.kind === "provider" ? "near" : name, model, priority: 0 };
  return [true, false].flatMap((stream): [string, ModelInput][] => {
    const rest = { ...steadfast, timeouts: timeoutsOf(name, stream) };
    const sole = modelNames.sole(name, stream);
    // In a chain the second one has its own patience.
    const pair: ModelInput = awaitedFaults.has(name)
      ? { chain: [sole, modelNames.far] }
      : { ...rest, targets: [first, far], balance: "failover" };
    return [
      [sole, { ...rest, targets: [first], attempts: { max: 1 } }],
      [modelNames.pair(name, stream), pair],
    ];
  });
};

/** The list price of a model, for its names with a marker too. */
export const listPrice = ({ name }: ContractTarget) => {
  switch (name) {
    case "openai":
      return { inputUsdPerMillion: 10, outputUsdPerMillion: 30 };
    case "gemini":
      return { inputUsdPerMillion: 1, outputUsdPerMillion: 2, cacheReadUsdPerMillion: 0.1 };
    default:
      return { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
  }
};

/** A gateway whose models are the faults of one target, each alone and beside a faultless one. */
export function faultConfig(
  target: ContractTarget,
  simulatorUrl: string,
  addresses: FaultAddresses,
): ConfigInput {
  const far = farOf(target);
  const wellOf = (of: ContractTarget, tokens: number): string =>
    of.upstreamModel + markerOf(tokens);
  const farTarget = { provider: "far", model: wellOf(far, usualTokens), priority: 1 };
  const faultless = (provider: string, model: string): ModelInput => ({
    targets: [{ provider, model }],
    timeouts: patient,
    ...steadfast,
  });
  const markers = new Set(faultRows.map(({ source }) => source.marker));
  return {
    providers: providers(target, simulatorUrl, addresses),
    models: {
      ...Object.fromEntries(faultRows.flatMap((row) => modelsOf(row, target, farTarget))),
      ...Object.fromEntries(
        [usualTokens, longTokens].map((tokens) => [
          modelNames.well(tokens),
          faultless("near", wellOf(target, tokens)),
        ]),
      ),
      [modelNames.far]: faultless("far", wellOf(far, usualTokens)),
    },
    prices: {
      override: Object.fromEntries([
        [wellOf(target, longTokens), listPrice(target)],
        ...[...markers].map((marker) => [target.upstreamModel + marker, listPrice(target)]),
        [wellOf(far, usualTokens), listPrice(far)],
      ]),
    },
    ...generous,
  };
}
