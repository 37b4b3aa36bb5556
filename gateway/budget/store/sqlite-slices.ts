import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import { add, noSums, type Amounts, type Measure } from "../../amounts.ts";
import type { SharedBooks, SliceName, SliceStore } from "../slice-store.ts";

/** One statement, so that no commit of another process comes between what it reads. */
const booksSql = `SELECT '' AS owner, 0 AS slice,
    spent_nano_usd AS nano_usd, spent_input_tokens AS input_tokens,
    spent_output_tokens AS output_tokens,
    0 AS used_nano_usd, 0 AS used_input_tokens, 0 AS used_output_tokens,
    0 AS idle_nano_usd, 0 AS idle_input_tokens, 0 AS idle_output_tokens
  FROM budget_spent WHERE account = ?1 AND window_start_ms = ?2
  UNION ALL SELECT owner, slice,
    granted_nano_usd - used_nano_usd, granted_input_tokens - used_input_tokens,
    granted_output_tokens - used_output_tokens,
    used_nano_usd, used_input_tokens, used_output_tokens,
    idle_nano_usd, idle_input_tokens, idle_output_tokens
  FROM budget_slices WHERE account = ?1 AND window_start_ms = ?2`;

const askSql = `INSERT INTO budget_asks (account, window_start_ms, owner, slice,
    most_nano_usd, most_input_tokens, most_output_tokens,
    nano_usd, input_tokens, output_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const ofSlice = "account = ?1 AND window_start_ms = ?2 AND owner = ?3 AND slice = ?4";

const giveBackSql = `UPDATE budget_slices SET
    granted_nano_usd = granted_nano_usd - ?5,
    granted_input_tokens = granted_input_tokens - ?6,
    granted_output_tokens = granted_output_tokens - ?7,
    idle_nano_usd = ?8, idle_input_tokens = ?9, idle_output_tokens = ?10
  WHERE ${ofSlice}`;

const useColumns = (first: number): string =>
  ["nano_usd", "input_tokens", "output_tokens"]
    .map((name, index) => `used_${name} = used_${name} + ?${first + index}`)
    .join(", ");

const useSql = `UPDATE budget_slices SET ${useColumns(5)} WHERE ${ofSlice}`;

/** Whichever of its slices it was: they all end together. */
const useOfSql = `UPDATE budget_slices SET ${useColumns(4)}
  WHERE account = ?1 AND window_start_ms = ?2 AND owner = ?3 AND slice = (
    SELECT max(slice) FROM budget_slices
    WHERE account = ?1 AND window_start_ms = ?2 AND owner = ?3)`;

/** Slices of processes of one host in the SQLite table `budget_slices`. */
export class SqliteSliceStore implements SliceStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  books({ account, windowStartMs, owner, id }: SliceName): SharedBooks {
    const [spent, used, elsewhere, idleElsewhere] = [noSums(), noSums(), noSums(), noSums()];
    for (const row of this.#reader.all(booksSql, [account, windowStartMs])) {
      if (row["owner"] === "") add(spent, amountsOf(row, ""));
      else if (row["owner"] === owner && row["slice"] === id) add(used, amountsOf(row, "used_"));
      else {
        const held = positive(amountsOf(row, ""));
        add(elsewhere, held);
        add(idleElsewhere, within(amountsOf(row, "idle_"), held));
      }
    }
    return { spent, used, elsewhere, idleElsewhere };
  }

  ask(slice: SliceName, amounts: Amounts, most: Readonly<Record<Measure, number | null>>): Write {
    const limits = [most.nanoUsd, most.inputTokens, most.outputTokens];
    return { sql: askSql, params: [...nameOf(slice), ...limits, ...valuesOf(amounts)] };
  }

  giveBack(slice: SliceName, amounts: Amounts, idle: Amounts): Write {
    const params = [...nameOf(slice), ...valuesOf(amounts), ...valuesOf(idle)];
    return { sql: giveBackSql, params };
  }

  use(slice: SliceName, amounts: Amounts): Write {
    const { account, windowStartMs, owner, id } = slice;
    const { nanoUsd, inputTokens, outputTokens } = amounts;
    return {
      sql: useSql,
      params: [account, windowStartMs, owner, id, nanoUsd, inputTokens, outputTokens],
      fold: { key: `slice:${account}@${windowStartMs}@${owner}@${id}`, from: 4 },
    };
  }

  useOf(
    owner: string,
    { account, windowStartMs }: Omit<SliceName, "owner" | "id">,
    amounts: Amounts,
  ): Write {
    return { sql: useOfSql, params: [account, windowStartMs, owner, ...valuesOf(amounts)] };
  }

  forget(slice: SliceName): Write {
    return { sql: `DELETE FROM budget_slices WHERE ${ofSlice}`, params: nameOf(slice) };
  }

  forgetOwner(owner: string): Write {
    return { sql: "DELETE FROM budget_slices WHERE owner = ?", params: [owner] };
  }

  forgetAll(): Write {
    return { sql: "DELETE FROM budget_slices", params: [] };
  }
}

const nameOf = ({ account, windowStartMs, owner, id }: SliceName): SqlValue[] => [
  account,
  windowStartMs,
  owner,
  id,
];

const valuesOf = ({ nanoUsd, inputTokens, outputTokens }: Amounts): number[] => [
  nanoUsd,
  inputTokens,
  outputTokens,
];

const amountsOf = (row: Row, prefix: string): Amounts => ({
  nanoUsd: Number(row[`${prefix}nano_usd`]),
  inputTokens: Number(row[`${prefix}input_tokens`]),
  outputTokens: Number(row[`${prefix}output_tokens`]),
});

const positive = ({ nanoUsd, inputTokens, outputTokens }: Amounts): Amounts => ({
  nanoUsd: Math.max(0, nanoUsd),
  inputTokens: Math.max(0, inputTokens),
  outputTokens: Math.max(0, outputTokens),
});

const within = (amounts: Amounts, most: Amounts): Amounts => ({
  nanoUsd: Math.min(amounts.nanoUsd, most.nanoUsd),
  inputTokens: Math.min(amounts.inputTokens, most.inputTokens),
  outputTokens: Math.min(amounts.outputTokens, most.outputTokens),
});
