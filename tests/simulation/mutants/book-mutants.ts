import type { Ledger, LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Mutant } from "./mutant.ts";

const around = (ledger: Ledger, change: Partial<Ledger>): Ledger => ({
  intent: (row) => ledger.intent(row),
  terminal: (rows) => ledger.terminal(rows),
  openIntents: () => ledger.openIntents(),
  ...change,
});

const endsIntent = ({ sql }: Write): boolean => sql.startsWith("DELETE FROM intents");
const isRollup = ({ fold }: Write): boolean => fold?.key.startsWith("rollup:") === true;

const freeVectors = (row: LedgerRow): LedgerRow =>
  row.subject.surface === "openai.embeddings" ? { ...row, costNanoUsd: 0 } : row;

const bookedTo = (tenant: string | undefined, row: LedgerRow): LedgerRow =>
  tenant === undefined ? row : { ...row, subject: { ...row.subject, tenant } };

/** A ledger that is not the right one. */
const ledgerMutant = (
  name: string,
  mistake: string,
  change: (ledger: Ledger) => Partial<Ledger>,
): Mutant => ({
  name,
  mistake,
  parts: (make) => ({
    ledger: (reader) => {
      const ledger = make.ledger(reader);
      return around(ledger, change(ledger));
    },
  }),
});

export const bookMutants: readonly Mutant[] = [
  ledgerMutant("open-intent", "the end of a call leaves its intent open", (ledger) => ({
    terminal: (rows) => ledger.terminal(rows).filter((write) => !endsIntent(write)),
  })),
  ledgerMutant("double-rows", "the rows of a call are written twice", (ledger) => ({
    terminal: (rows) => [
      ...ledger.terminal(rows),
      ...ledger.terminal(rows.map((row) => ({ ...row, id: `${row.id}-again` }))),
    ],
  })),
  ledgerMutant("no-roll-up", "a call of an error is missing from the roll-ups", (ledger) => ({
    terminal: (rows) => {
      const writes = ledger.terminal(rows);
      return rows.at(-1)?.outcome === "error" ? writes.filter((each) => !isRollup(each)) : writes;
    },
  })),
  ledgerMutant("free-vectors", "a call for vectors is written without its cost", (ledger) => ({
    terminal: (rows) => ledger.terminal(rows.map(freeVectors)),
  })),
  ledgerMutant("foreign-rows", "a call is booked to the tenant of the call before", (ledger) => {
    let before: string | null = null;
    return {
      terminal: (rows) => {
        const tenant = before ?? rows.at(-1)?.subject.tenant;
        before = rows.at(-1)?.subject.tenant ?? null;
        return ledger.terminal(rows.map((row) => bookedTo(tenant, row)));
      },
    };
  }),
  ledgerMutant("no-recovery", "a start does not look for calls that a crash left open", () => ({
    openIntents: () => [],
  })),
  {
    name: "lazy-intent",
    mistake: "an attempt begins before its intent is durable",
    writer: (writer) => ({
      commit: (writes, durability) => {
        writer.commit(writes, durability).catch(() => undefined);
        return Promise.resolve();
      },
      enqueue: (writes) => writer.enqueue(writes),
      flush: () => writer.flush(),
      close: () => writer.close(),
    }),
  },
];
