import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { FaultName } from "@sekisho/simulator/faults.data.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { LedgerReader } from "../../harness/ledger-reader.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { farOf, listPrice } from "../faults/fault-config.ts";
import { generous, steadfast, steadfastProvider, type PoolInput } from "../faults/steadfast.ts";

/** What befalls a stream of 60 tokens at its first target, and how many attempts it has then. */
export interface ContinuedFault {
  readonly fault: FaultName;
  readonly afterTokens: number;
  readonly attempts: number;
}

const at = (fault: FaultName, afterTokens: number, attempts = 2): ContinuedFault => ({
  fault,
  afterTokens,
  attempts,
});

/** A broken event among good ones is passed over, an error ahead of content is failed over. */
export const continuedFaults: readonly ContinuedFault[] = [
  at("cut-fin", 40),
  at("cut-rst", 40),
  at("cut-clean", 40),
  at("stall", 20),
  at("broken-event", 20, 1),
  at("error-first", 0),
  at("error-throttled", 20),
  at("error-internal", 20),
];

/** How the second target goes on, whatever its model's name says. */
export type Way = "prefill" | "turn";

export const modelOf = ({ name }: ContractTarget, { fault }: ContinuedFault, way: Way): string =>
  `${name}-${fault}-${way}`;

const patient = { firstTokenMs: 20_000, betweenTokensMs: 20_000, attemptMs: 30_000 };

const ways: readonly Way[] = ["prefill", "turn"];

const modelsOf = (target: ContractTarget): [string, PoolInput][] =>
  ways.flatMap((way) => continuedFaults.map((row) => modelAt(target, row, way)));

function modelAt(target: ContractTarget, row: ContinuedFault, way: Way): [string, PoolInput] {
  const far = farOf(target);
  return [
    modelOf(target, row, way),
    {
      ...steadfast,
      balance: "failover",
      midStream: "continue",
      timeouts: { ...patient, betweenTokensMs: row.fault === "stall" ? 1_500 : 20_000 },
      targets: [
        { provider: `near-${target.name}`, model: faultyModel(target, row) },
        {
          provider: `near-${far.name}`,
          model: far.upstreamModel,
          continues: way,
          priority: 1,
        },
      ],
    },
  ];
}

const faultyModel = ({ upstreamModel }: ContractTarget, row: ContinuedFault): string =>
  `${upstreamModel}.sim.fault-${row.fault}.after-${row.afterTokens}`;

function configOf(simulatorUrl: string): ConfigInput {
  const prices = dialectTargets.flatMap((target) =>
    [target.upstreamModel, ...continuedFaults.map((row) => faultyModel(target, row))].map(
      (name) => [name, listPrice(target)] as const,
    ),
  );
  return {
    providers: Object.fromEntries(
      dialectTargets.map((each) => [`near-${each.name}`, steadfastProvider(each, simulatorUrl)]),
    ),
    models: Object.fromEntries(dialectTargets.flatMap(modelsOf)),
    prices: { override: Object.fromEntries(prices) },
    ...generous,
  };
}

/** One gateway whose answers are continued, before one provider of each dialect. */
export class ContinuedStage implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly ledger: LedgerReader;
  asked = 0;

  private constructor(gateway: GatewayUnderTest) {
    this.gateway = gateway;
    this.ledger = new LedgerReader(gateway.server.data);
  }

  static async start(): Promise<ContinuedStage> {
    return new ContinuedStage(await GatewayUnderTest.start({ config: configOf }));
  }

  /** The provider's calls up to here are of earlier rounds. */
  fromSeq = 0;

  /** Numbers begin anew: only calls from here on are looked at. */
  beginRound(): void {
    this.fromSeq = Math.max(0, ...this.gateway.simulator.calls().map(({ seq }) => seq));
  }

  /** So far apart that the rest of an answer is not asked for by another's number. */
  nextNumber(): number {
    this.asked += 1;
    return 100 * (1 + (this.asked % 1_000));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ledger[Symbol.dispose]();
    await this.gateway[Symbol.asyncDispose]();
  }
}
