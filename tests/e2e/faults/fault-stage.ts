import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { LedgerReader } from "../../harness/ledger-reader.ts";
import { SelfSignedServer } from "../../harness/self-signed-server.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { farOf, faultConfig, type FaultAddresses } from "./fault-config.ts";
import { faultRows } from "./fault-rows.ts";
import type { AddressFault } from "./link-faults.data.ts";

/** One gateway before one provider with every fault there is, and what stands between them. */
export class FaultStage implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly ledger: LedgerReader;
  /** Of the simulator: the place that pairs fail over to. */
  readonly farRegion: string;
  readonly #open: AsyncDisposableStack;
  #asked = 0;

  private constructor(gateway: GatewayUnderTest, farRegion: string, open: AsyncDisposableStack) {
    this.gateway = gateway;
    this.farRegion = farRegion;
    this.ledger = open.use(new LedgerReader(gateway.server.data));
    this.#open = open;
  }

  static async start(target: ContractTarget): Promise<FaultStage> {
    await using open = new AsyncDisposableStack();
    const config = async (simulatorUrl: string): Promise<ConfigInput> =>
      faultConfig(target, simulatorUrl, await addresses(simulatorUrl, open));
    const gateway = open.use(await GatewayUnderTest.start({ config }));
    return new FaultStage(gateway, farOf(target).region, open.move());
  }

  /** A number that no other call of this stage has. */
  nextNumber(): number {
    this.#asked += 1;
    return 1_000 + this.#asked;
  }

  /** Calls made so far. */
  get asked(): number {
    return this.#asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

/** Opens what stands before the provider, fault by fault. */
async function addresses(
  simulatorUrl: string,
  open: AsyncDisposableStack,
): Promise<FaultAddresses> {
  const found = new Map<string, string>();
  for (const [seed, { name, source }] of faultRows.entries()) {
    if (source.kind === "link") {
      const proxy = await FaultProxy.start({ to: simulatorUrl, fault: source.link, seed });
      found.set(name, open.use(proxy).url);
    } else if (source.kind === "address") {
      found.set(name, await addressOf[source.address](simulatorUrl, open));
    }
  }
  return found;
}

type OpenAddress = (simulatorUrl: string, open: AsyncDisposableStack) => Promise<string> | string;

const secure = (url: string): string => url.replace("http:", "https:");

const addressOf: Readonly<Record<AddressFault, OpenAddress>> = {
  async refused(simulatorUrl, open) {
    const proxy = open.use(await FaultProxy.start({ to: simulatorUrl }));
    proxy.refuse();
    return proxy.url;
  },
  "unknown-host": () => "http://nobody.invalid",
  "tls-to-plain": (simulatorUrl) => secure(simulatorUrl),
  async "tls-self-signed"(_, open) {
    return open.use(await SelfSignedServer.start()).url;
  },
  async "tls-silent"(simulatorUrl, open) {
    const proxy = await FaultProxy.start({ to: simulatorUrl, fault: { accept: "ignore" } });
    return secure(open.use(proxy).url);
  },
};
