import { steadfastHealth } from "../harness/steered-config.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { allTargets } from "./targets/all-targets.ts";
import type { ContractTarget } from "./targets/contract-target.ts";

type ModelInput = NonNullable<ConfigInput["models"]>[string];

/** Keys that may less than the demo key. */
export const contractKeys = {
  /** May ask for no model of the matrix. */
  elsewhere: "key-for-another-model-alone",
  /** Its budget is spent by any call. */
  poor: "key-without-any-money-left",
  /** One request, then none for a while. */
  slow: "key-that-is-allowed-one-call",
} as const;

/** A stall must not cost a test much; other calls have the time that they need. */
const impatient = { firstTokenMs: 500, betweenTokensMs: 500, attemptMs: 4_000 };
/** What is to arrive before a stall has time to, on a busy machine too. */
const impatientLater = { ...impatient, firstTokenMs: 4_000 };

/** The name of a column's model that is not waited for. */
export const hasty = ({ model }: ContractTarget): string => `${model}-hasty`;

/** The name of a column's model that is waited for until its first token. */
export const hastyLater = ({ model }: ContractTarget): string => `${model}-hasty-later`;

/** The name of a column's model that no price book has. */
export const unpriced = ({ model }: ContractTarget): string => `${model}-unpriced`;

const modelOf = ({ name, upstreamModel }: ContractTarget): ModelInput => ({
  targets: [{ provider: name, model: upstreamModel }],
  attempts: { max: 1 },
  // Faults come one after the other; none of them is to keep the next from being tried.
  breaker: { failures: 1_000 },
});

/** A model of the same family at the provider. */
const namelessAt = ({ upstreamModel }: ContractTarget): string => `${upstreamModel}-nameless`;

/** Every column under one gateway: a model for each, tried once. */
export const contractConfig = (
  simulatorUrl: string,
  /** Hosts that attachments may be fetched from. */
  allow: readonly string[] = [],
): ConfigInput => ({
  egress: { allow: [...allow] },
  providers: Object.fromEntries(
    allTargets.map((target) => [
      target.name,
      { ...target.provider(simulatorUrl), health: steadfastHealth },
    ]),
  ),
  models: Object.fromEntries(
    allTargets.flatMap((target) => [
      [target.model, modelOf(target)],
      [hasty(target), { ...modelOf(target), timeouts: impatient }],
      [hastyLater(target), { ...modelOf(target), timeouts: impatientLater }],
      [unpriced(target), modelOf({ ...target, upstreamModel: namelessAt(target) })],
    ]),
  ),
  // The book has none; these are the simulator's for names that its list does not have.
  prices: {
    override: {
      "gemini-2.5-flash": {
        inputUsdPerMillion: 1,
        outputUsdPerMillion: 2,
        cacheReadUsdPerMillion: 0.1,
      },
    },
  },
  tenants: {
    demo: { rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }] },
    few: { keys: [{ id: "elsewhere", secret: contractKeys.elsewhere, models: ["nothing-here"] }] },
    poor: {
      keys: [{ id: "poor", secret: contractKeys.poor }],
      budgets: [{ scope: "key", window: "month", usd: 0.000_001 }],
    },
    slow: {
      keys: [{ id: "slow", secret: contractKeys.slow }],
      rates: [{ scope: "key", requestsPerSecond: 0.01, burst: 1 }],
    },
  },
});
