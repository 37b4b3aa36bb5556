import type { Simulator } from "@sekisho/simulator/server.ts";
import { contractConfig } from "../../contract/contract-config.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import { openaiTarget } from "../../contract/targets/openai.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { LedgerReader } from "../../harness/ledger-reader.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";
import { until } from "../../harness/until.ts";
import type { Asked } from "./ask.ts";
import { clientsOf } from "./clients/all-clients.ts";

/** One gateway, and clients that go their own ways to it over bare sockets. */
export class ClientSideStage implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly ledger: LedgerReader;
  #asked = 0;

  private constructor(gateway: GatewayUnderTest) {
    this.gateway = gateway;
    this.ledger = new LedgerReader(gateway.server.data);
  }

  static async start(): Promise<ClientSideStage> {
    return new ClientSideStage(await GatewayUnderTest.start({ config: contractConfig }));
  }

  get provider(): Simulator {
    return this.gateway.simulator;
  }

  /** Every surface, streamed and not: to a target of its own words, and to one of others. */
  get ways(): readonly Asked[] {
    const { key } = this.gateway;
    const own = dialectTargets.flatMap((target) =>
      clientsOf(target.api, key)
        .filter(({ surface }) => surface === target.api)
        .map((client) => ({ client, model: target.model })),
    );
    const translated = clientsOf(openaiTarget.api, key)
      .filter(({ surface }) => surface !== openaiTarget.api)
      .map((client) => ({ client, model: openaiTarget.model }));
    return [...own, ...translated].flatMap((way) =>
      [true, false].map((stream) => ({ ...way, stream })),
    );
  }

  /** Calls made so far. */
  get asked(): number {
    return this.#asked;
  }

  /** By this number the provider's journal knows a call, and the ledger its session. */
  nextNumber(): number {
    this.#asked += 1;
    return 1_000 + this.#asked;
  }

  /** The rows of the one call of that number, once it is in the books. */
  rowsOf(number: number): Promise<readonly StoredRow[]> {
    return until(`the rows of ${number}`, () => {
      const rows = this.ledger.rowsOfSession(String(number));
      return rows.length > 0 ? rows : null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ledger[Symbol.dispose]();
    await this.gateway[Symbol.asyncDispose]();
  }
}
