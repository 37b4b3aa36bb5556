import { add, measures, nothing, type Amounts, type Sums } from "@sekisho/gateway/amounts.ts";
import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";

/** One call as the world knows it, whatever the store has kept of it. */
export interface GroupRecord {
  readonly id: string;
  readonly reserved: Amounts;
  readonly spent: Amounts;
  /** Who had it, the how many-th process of all, and under which name. */
  readonly process: number;
  readonly owner: string;
  readonly hold: Hold;
  /** *asked*: its intent is under way; *open*: it was sent; *lost*: a power cut took it. */
  state: "asked" | "open" | "ended" | "refused" | "lost";
  /** Its process died, or was taken for dead, before it ended. */
  wasCut: boolean;
}

interface Exposure {
  readonly most: Readonly<Record<keyof Amounts, number | null>>;
  readonly sums: Sums;
}

/** What all processes together have spent and hold: books that no crash takes anything from. */
export class GroupBooks {
  readonly records = new Map<string, GroupRecord>();
  readonly #closed = new Set<string>();
  readonly #mostOf: (account: Account) => Exposure["most"];
  #exposures = new Map<string, Exposure>();

  constructor(mostOf: (account: Account) => Exposure["most"]) {
    this.#mostOf = mostOf;
  }

  /** The call goes to its provider: from now on its money may be spent. */
  sent(record: GroupRecord, reader: Reader): void {
    record.state = "open";
    // Its money is others' by now, unless it was closed with the rest.
    if (this.#closed.has(record.owner) && !isKnown(reader, record.id)) {
      throw new Violation(
        "MON-9",
        `call ${record.id} is sent, the books of its process are closed`,
      );
    }
    for (const account of record.hold.windows) {
      const { sums, most } = this.#exposure(account);
      add(sums, record.reserved);
      for (const measure of measures) {
        const limit = most[measure];
        if (limit === null || sums[measure] <= limit) continue;
        const what = `${sums[measure]} ${measure} of ${limit}`;
        throw new Violation("MON-8", `${account.account} is overspent: ${what}`);
      }
    }
  }

  /** A process died or was taken for dead: others close what it has left open. */
  cut(owner: string): void {
    for (const record of this.records.values()) {
      if (record.owner === owner) record.wasCut = true;
    }
  }

  /** What a process had is free again for all. */
  close(owner: string): void {
    this.#closed.add(owner);
  }

  ended(record: GroupRecord): void {
    record.state = "ended";
    for (const account of record.hold.windows) {
      const { sums } = this.#exposure(account);
      for (const measure of measures) sums[measure] -= record.reserved[measure];
      add(sums, record.spent);
    }
  }

  /** After a power cut: what the store knows nothing of any more was never asked for. */
  powerCut(reader: Reader): void {
    const open = idsOf(reader, "SELECT id FROM intents");
    const over = outcomesOf(reader);
    this.#exposures = new Map();
    for (const record of this.records.values()) {
      const outcome = over.get(record.id);
      if (record.state === "refused" || record.state === "lost") continue;
      if (outcome === undefined && !open.has(record.id)) {
        record.state = "lost";
        continue;
      }
      if (record.state === "asked") record.state = "open";
      const amounts = outcome === "ok" ? record.spent : record.reserved;
      for (const account of record.hold.windows) add(this.#exposure(account).sums, amounts);
    }
  }

  /** Nothing is open any more: every call has one end, and every account the sum of them. */
  check(reader: Reader): void {
    const over = outcomesOf(reader);
    const spent = new Map<string, Sums>();
    for (const record of this.records.values()) {
      const outcome = over.get(record.id);
      const fail = (what: string): never => {
        throw new Violation("MON-10", `call ${record.id} ${what}`);
      };
      if (record.state === "open" && !record.wasCut) fail("was sent and has not ended");
      if (record.state === "open" && outcome === undefined) fail("was sent and is in no book");
      if (record.state === "ended" && outcome === undefined) fail("has no row");
      if (record.state === "refused" && outcome !== undefined) fail("was refused and has a row");
      if (outcome === "unknown" && !record.wasCut) fail("was closed for its own process");
      if (outcome === undefined) continue;
      const booked = outcome === "unknown" ? record.reserved : record.spent;
      for (const { account, windowStartMs } of record.hold.windows) {
        const name = `${account}@${windowStartMs}`;
        const sums = spent.get(name) ?? { ...nothing };
        add(sums, booked);
        spent.set(name, sums);
      }
    }
    for (const id of over.keys()) {
      if (!this.records.has(id)) throw new Violation("MON-10", `nobody has made call ${id}`);
    }
    checkSpent(reader, spent);
  }

  #exposure(account: Account): Exposure {
    const name = `${account.account}@${account.windowStartMs}`;
    const known = this.#exposures.get(name) ?? {
      most: this.#mostOf(account),
      sums: { ...nothing },
    };
    this.#exposures.set(name, known);
    return known;
  }
}

const idsOf = (reader: Reader, sql: string): Set<string> =>
  new Set(reader.all(sql).map((row) => String(row["id"])));

const isKnown = (reader: Reader, id: string): boolean =>
  reader.get("SELECT 1 FROM intents WHERE id = ?1 UNION ALL SELECT 1 FROM calls WHERE id = ?1", [
    id,
  ]) !== undefined;

const outcomesOf = (reader: Reader): Map<string, string> =>
  new Map(
    reader
      .all("SELECT id, outcome FROM ledger WHERE attempt = 0")
      .map((row) => [String(row["id"]), String(row["outcome"])]),
  );

function checkSpent(reader: Reader, right: ReadonlyMap<string, Amounts>): void {
  const booked = new Map(
    reader.all("SELECT * FROM budget_spent").map((row) => [
      `${String(row["account"])}@${String(row["window_start_ms"])}`,
      {
        nanoUsd: Number(row["spent_nano_usd"]),
        inputTokens: Number(row["spent_input_tokens"]),
        outputTokens: Number(row["spent_output_tokens"]),
      },
    ]),
  );
  for (const name of new Set([...booked.keys(), ...right.keys()])) {
    const [is, should] = [booked.get(name) ?? nothing, right.get(name) ?? nothing];
    if (measures.every((measure) => is[measure] === should[measure])) continue;
    const what = `${JSON.stringify(is)}, its calls say ${JSON.stringify(should)}`;
    throw new Violation("MON-14 spent", `${name} has spent ${what}`);
  }
}

/** Nobody holds anything, and nobody is left. */
export function checkNothingHeld(reader: Reader): void {
  for (const table of ["intents", "budget_slices", "replicas", "ahead_logs"]) {
    const rows = reader.all(`SELECT * FROM ${table}`);
    if (rows.length === 0) continue;
    throw new Violation("MON-8 leak", `${table}: ${JSON.stringify(rows[0])} and maybe others`);
  }
}
