import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import { openaiTarget } from "../../contract/targets/openai.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { LedgerReader } from "../../harness/ledger-reader.ts";
import { generous, steadfast, steadfastProvider, type ModelInput } from "./steadfast.ts";

/** For each dialect: the near target alone, both, and how a client names them. */
export const weatherModels = {
  near: ({ name }: ContractTarget): string => `near-${name}`,
  pair: ({ name }: ContractTarget): string => `pair-${name}`,
};

/**
 * One gateway between two places of providers: the near one behind a proxy, which every call is
 * sent to first, and the far one. Each is a simulator of its own, so storms hit one or both.
 */
export class WeatherStage implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly far: Simulator;
  readonly proxy: FaultProxy;
  readonly ledger: LedgerReader;
  readonly #open: AsyncDisposableStack;
  asked = 0;

  private constructor(
    parts: Pick<WeatherStage, "gateway" | "far" | "proxy">,
    open: AsyncDisposableStack,
  ) {
    this.gateway = parts.gateway;
    this.far = parts.far;
    this.proxy = parts.proxy;
    this.ledger = open.use(new LedgerReader(parts.gateway.server.data));
    this.#open = open;
  }

  static async start(): Promise<WeatherStage> {
    await using open = new AsyncDisposableStack();
    const far = await startSimulator({ port: 0, seed: 2, clock: new SystemClock() });
    open.defer(() => far.close());
    let proxy: FaultProxy | null = null;
    const config = async (simulatorUrl: string): Promise<ConfigInput> => {
      proxy = open.use(await FaultProxy.start({ to: simulatorUrl }));
      return configOf(proxy.url, far.url);
    };
    const gateway = open.use(await GatewayUnderTest.start({ config }));
    if (proxy === null) throw new Error("No configuration was asked for");
    return new WeatherStage({ gateway, far, proxy }, open.move());
  }

  /** The near place. */
  get near(): Simulator {
    return this.gateway.simulator;
  }

  nextNumber(): number {
    this.asked += 1;
    return 1_000 + this.asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

function configOf(nearUrl: string, farUrl: string): ConfigInput {
  const far = { provider: "far", model: "gpt-4-turbo", priority: 1 };
  const models = dialectTargets.flatMap((target): [string, ModelInput][] => {
    const near = { provider: target.name, model: target.upstreamModel, priority: 0 };
    return [
      [weatherModels.near(target), { targets: [near], attempts: { max: 1 }, ...steadfast }],
      [weatherModels.pair(target), { targets: [near, far], balance: "failover", ...steadfast }],
    ];
  });
  return {
    providers: {
      ...Object.fromEntries(
        dialectTargets.map((target) => [target.name, steadfastProvider(target, nearUrl)]),
      ),
      far: steadfastProvider(openaiTarget, farUrl),
    },
    models: Object.fromEntries(models),
    ...generous,
  };
}
