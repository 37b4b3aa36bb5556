import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LedgerVerdict } from "@sekisho/wire/admin/audit.ts";
import type { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { keptPastCalls, past } from "./past-calls.ts";
import type { Witness } from "./workload.ts";

export interface Upkept {
  readonly data: string;
  readonly witness: Witness;
  readonly server: ServerProcess;
}

/** What the first process had begun is ended by the second, a second after its start. */
const endsWithinMs = 40_000;

/** Seals, drops and erasures come to the end that they have without a crash. */
export async function upkeepProblems(upkept: Upkept): Promise<string[]> {
  try {
    await until("old days are dropped", () => (isKeptUp(upkept.data) ? true : null), endsWithinMs);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return [...(await chainProblems(upkept)), ...nameProblems(upkept)];
}

const countIn = (database: DatabaseSync, sql: string, ...params: string[]): number =>
  Number(database.prepare(sql).get(...params)?.["n"]);

/** The oldest days are out, to their last call, and no erasure is under way. */
function isKeptUp(data: string): boolean {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  const calls = "SELECT count(*) AS n FROM ledger WHERE tenant = ?";
  // And the one of this day.
  const isDropped = countIn(database, calls, past.tenant) === keptPastCalls + 1;
  return isDropped && countIn(database, "SELECT count(*) AS n FROM erasures") === 0;
}

async function chainProblems({ server }: Upkept): Promise<string[]> {
  const verdictOf = async (query: string): Promise<LedgerVerdict> => {
    const answer = await fetch(`${server.ready.urls["admin"]}/admin/ledger/verify${query}`, {
      headers: { authorization: `Bearer ${server.ready.adminKey}` },
    });
    // The server's own answer.
    return (await answer.json()) as LedgerVerdict;
  };
  const seals = await verdictOf("");
  const parts = await Promise.all(seals.parts.map((part) => verdictOf(`?part=${part}`)));
  const names = seals.chains.map(({ chain }) => chain);
  const problems = [seals, ...parts].flatMap(({ chains }) =>
    chains.flatMap(({ chain, fault }) =>
      fault === null ? [] : [`${chain}: ${fault.kind} at ${fault.seq}`],
    ),
  );
  if (names.join() !== "seals,drops") problems.push(`the ledger has the chains ${names.join()}`);
  if (seals.parts.length !== 2) problems.push(`the ledger has ${seals.parts.join()}`);
  return problems;
}

/** A name is in every call as it was, or in none. */
function nameProblems({ data, witness }: Upkept): string[] {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  const named = countIn(database, "SELECT count(*) AS n FROM calls WHERE user = ?", past.user);
  const erased = countIn(
    database,
    `SELECT count(*) AS n FROM calls WHERE user LIKE 'erased!_%' ESCAPE '!'
      AND (session IS NULL OR session LIKE user || '.%')`,
  );
  const mustBeGone = witness.erasure === "acknowledged";
  if (mustBeGone && named > 0) return [`${named} calls have a name that was erased`];
  if (witness.erasure === "not asked" && erased > 0) return [`${erased} names went by themselves`];
  if (named > 0 && erased > 0) return [`${named} calls have a name that ${erased} have no more`];
  return named + erased === 0 ? ["the user's calls are gone"] : [];
}
