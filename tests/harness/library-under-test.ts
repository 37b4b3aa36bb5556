import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { createGateway, SekishoError, type SekishoGateway } from "sekisho";
import { readLedgerFile, type LedgerFile } from "./ledger-file.ts";
import { steeredConfig } from "./steered-config.ts";

/** A gateway in the process of the test, and a simulator that the test steers as its provider. */
export class LibraryUnderTest implements AsyncDisposable {
  readonly gateway: SekishoGateway;
  readonly simulator: Simulator;
  readonly folder: string;

  private constructor(gateway: SekishoGateway, simulator: Simulator, folder: string) {
    this.gateway = gateway;
    this.simulator = simulator;
    this.folder = folder;
  }

  static async start(): Promise<LibraryUnderTest> {
    const simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
    const folder = mkdtempSync(join(tmpdir(), "sekisho-library-"));
    const config = libraryConfig(simulator.url, { data: join(folder, "data") });
    return new LibraryUnderTest(await createGateway(config), simulator, folder);
  }

  /** The steered configuration, with a Claude on Bedrock beside, and what the test lays over it. */
  config(more: ConfigInput = {}): ConfigInput {
    return libraryConfig(this.simulator.url, { data: this.#data, ...more });
  }

  /** The books once every end that was told is in them. */
  async settled(): Promise<LedgerFile> {
    await this.gateway.usage();
    return readLedgerFile(this.#data);
  }

  /** The response's own row, as it stands in the file. */
  async rowOf({ requestId }: { readonly requestId: string | null }) {
    await this.gateway.usage();
    using database = new DatabaseSync(join(this.#data, "sekisho.db"), { readOnly: true });
    const sql = "SELECT * FROM ledger WHERE id = ? AND attempt = 0";
    return { ...database.prepare(sql).get(requestId?.slice("req_".length) ?? "") };
  }

  get #data(): string {
    return join(this.folder, "data");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.close();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function libraryConfig(simulatorUrl: string, more: ConfigInput): ConfigInput {
  const { providers, models, ...rest } = steeredConfig(simulatorUrl);
  const claude = {
    kind: "simulator",
    dialect: "bedrock",
    region: "us-east-1",
    baseUrl: `${simulatorUrl}/us-east-1`,
  } as const;
  return {
    ...rest,
    // A machine that is busy with other tests is no reason to refuse calls.
    shedding: { lagMs: null, queueAgeMs: null },
    providers: { ...providers, claude },
    models: {
      ...models,
      sonnet: { targets: [{ provider: "claude", model: "anthropic.claude-sonnet-4-6" }] },
      titan: { targets: [{ provider: "claude", model: "amazon.titan-embed-text-v2:0" }] },
      vectors: { targets: [{ provider: "near", model: "text-embedding-3-small" }] },
    },
    ...more,
  };
}

/** What the library throws, and nothing else. */
export async function libraryFailure(promise: Promise<unknown>): Promise<SekishoError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SekishoError, String(error));
  return error;
}
