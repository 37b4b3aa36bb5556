import type { SqlValue } from "./writer.ts";

export type Row = Readonly<Record<string, SqlValue>>;

/** Read-only access to the database file. Sees what the writer has committed. */
export interface Reader {
  all(sql: string, params?: readonly SqlValue[]): Row[];
  get(sql: string, params?: readonly SqlValue[]): Row | undefined;
  close(): void;
}
