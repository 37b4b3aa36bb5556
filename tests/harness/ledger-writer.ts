import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { markLedger } from "@sekisho/gateway/ledger/ledger-marks.ts";
import type { LedgerRow, RowSubject } from "@sekisho/gateway/ledger/ledger.ts";
import { SqliteLedger } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/writer-thread/sqlite-writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { migrations } from "@sekisho/server/compose/storage/storage.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";

/** A call of the past, as far as its writer cares. */
export interface PastCall extends Pick<RowSubject, "tenant" | "key" | "user" | "session"> {
  readonly n: number;
  readonly timeMs: number;
  readonly costNanoUsd: number;
}

const rowOf = ({ n, timeMs, costNanoUsd, ...who }: PastCall): LedgerRow => ({
  // Before every id that a server makes.
  id: `00${String(n).padStart(24, "0")}`,
  attempt: 0,
  timeMs,
  subject: {
    ...who,
    team: null,
    agent: null,
    surface: "openai.chat",
    alias: "plain",
    model: null,
    provider: null,
    region: null,
    choice: null,
    leftOutMessages: 0,
  },
  usage: { ...noUsage, input: 1, output: 1 },
  usageSource: "reported",
  wastedTokens: 0,
  costNanoUsd,
  latencyMs: 1,
  firstTokenMs: null,
  outcome: "ok",
  cause: null,
  priceVersion: null,
});

/** The ledger of a data folder that no server has yet: a place for calls of the past. */
export class LedgerWriter implements AsyncDisposable {
  readonly #writer: SqliteWriter;
  readonly #reader: SqliteReader;
  readonly #ledger: SqliteLedger;

  private constructor(writer: SqliteWriter, reader: SqliteReader) {
    this.#writer = writer;
    this.#reader = reader;
    this.#ledger = new SqliteLedger(reader);
  }

  static async open(data: string, clock: Clock): Promise<LedgerWriter> {
    await mkdir(data, { recursive: true, mode: 0o700 });
    const path = join(data, "sekisho.db");
    migrateFile(path, migrations, clock);
    const onLoss = (failure: Error): never => {
      throw failure;
    };
    const writer = await SqliteWriter.open({ path, clock, onLoss });
    return new LedgerWriter(writer, SqliteReader.open(path));
  }

  /** In one transaction: some thousands at most. */
  async add(calls: readonly PastCall[]): Promise<void> {
    const writes = calls.flatMap((call) => this.#ledger.terminal([rowOf(call)]));
    await this.#writer.commit(writes, "process");
  }

  /** Says where the ledger ended then. */
  async mark(atMs: number): Promise<void> {
    await this.#writer.commit(markLedger(this.#reader, atMs), "process");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.close();
    await this.#writer.close();
  }
}
