import { Failure } from "../failure/failure.ts";
import type { AheadLogs } from "./ahead/ahead-log.ts";
import type { Reader } from "./reader.ts";
import type { StorageFailureCode } from "./storage-failure.ts";
import type { Write, Writer } from "./writer.ts";

/** A writer under test on a database that holds `conformanceSchema` and is otherwise empty. */
export interface WriterHarness extends AsyncDisposable {
  /** Goes ahead of the database. */
  readonly writer: Writer & AheadLogs;
  readonly reader: Reader;
  /** What `onLoss` was told, in order. */
  readonly losses: readonly { readonly code: StorageFailureCode; readonly writes: number }[];
  /** Lets time pass until the promise is settled. */
  readonly settle: <T>(promise: Promise<T>) => Promise<T>;
  /** Lets that much time pass. */
  readonly elapse: (durationMs: number) => Promise<void>;
  /** Lets what was sent be answered, without time passing that matters, until this holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** Makes a harness for one check of a conformance suite. */
export type Check = (title: string, run: (harness: WriterHarness) => Promise<void>) => void;

/** How many writes may wait in a harness: few, so that a test can reach it. */
export const conformanceMaxWaiting = 600;

export const conformanceSchema = `
  CREATE TABLE entries (seq INTEGER PRIMARY KEY, tag INTEGER NOT NULL UNIQUE) STRICT;
  CREATE TABLE totals (name TEXT PRIMARY KEY, amount INTEGER NOT NULL, spread BLOB) STRICT;
  CREATE TABLE anything (value ANY) STRICT;
  CREATE TABLE links (
    place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER, note TEXT, hash BLOB NOT NULL
  ) STRICT;
`;

/** A row that conflicts with another one of its tag. */
export const entry = (tag: number): Write => ({
  sql: "INSERT INTO entries (tag) VALUES (?)",
  params: [tag],
});

/** An additive upsert, which folds. */
export const total = (name: string, amount: number): Write => ({
  sql: `INSERT INTO totals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
    amount = amount + excluded.amount, spread = histogram_merge(spread, excluded.spread)`,
  params: [name, amount, amount],
  fold: { key: `total:${name}`, from: 1, samples: 2 },
});

/** What `entry` wrote, in order. */
export const tags = (reader: Reader): number[] =>
  reader.all("SELECT tag FROM entries ORDER BY seq").map((row) => Number(row["tag"]));

/** What `total` wrote. */
export const amounts = (reader: Reader): Record<string, number> =>
  Object.fromEntries(
    reader
      .all("SELECT name, amount FROM totals ORDER BY name")
      .map((row) => [String(row["name"]), Number(row["amount"])]),
  );

/** For `assert.rejects`. */
export const fails = (code: StorageFailureCode) => (error: unknown) =>
  error instanceof Failure && error.code === code;
