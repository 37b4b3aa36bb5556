import { dividedIn } from "@sekisho/gateway/choice.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import type { SplitChangeRow } from "@sekisho/gateway/splits/split-store.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";
import { splitName } from "./split-scenario.ts";

/** What a client was told of its call. */
export interface ToldCall {
  readonly id: string;
  /** Whom it was for, as it said; null: nobody whose calls stay together. */
  readonly subject: string | null;
  readonly arm: string | null;
  readonly status: number;
}

interface RowSums {
  requests: number;
  answered: number;
  costNanoUsd: bigint;
}

const rowsSql = "SELECT id, choice, outcome, cost_nano_usd FROM ledger WHERE attempt = 0";

/** Each call has one row that names its arm, and is in the figures of that arm alone. */
export function checkRows(reader: Reader, arms: ArmBooks, told: readonly ToldCall[]): void {
  const sums = new Map<string, RowSums>();
  const armOfId = new Map<string, string>();
  for (const row of reader.all(rowsSql)) {
    const id = String(row["id"]);
    const arm = dividedIn(String(row["choice"]))?.arm;
    if (arm === undefined) throw new Violation("RTE-4 row", `the row of ${id} names no arm`);
    armOfId.set(id, arm);
    const sum = sums.get(arm) ?? { requests: 0, answered: 0, costNanoUsd: 0n };
    sum.requests += 1;
    if (row["outcome"] === "ok") sum.answered += 1;
    sum.costNanoUsd += BigInt(String(row["cost_nano_usd"]));
    sums.set(arm, sum);
  }
  for (const { id, arm, status } of told) {
    const booked = armOfId.get(id);
    if (status === 200 && booked === undefined) {
      throw new Violation("RTE-4 row", `the answered call ${id} has no row`);
    }
    if (booked !== undefined && booked !== arm) {
      throw new Violation("RTE-4 row", `${id} was answered by ${arm}, its row says ${booked}`);
    }
  }
  checkFigures(arms, sums);
}

function checkFigures(arms: ArmBooks, sums: ReadonlyMap<string, RowSums>): void {
  const figures = arms.figures({ split: splitName, sinceMs: null });
  for (const arm of new Set([...sums.keys(), ...figures.map((each) => each.arm)])) {
    const found = figures.find((each) => each.arm === arm);
    const is = [found?.requests ?? 0, found?.classes.answered ?? 0, found?.costNanoUsd ?? 0n];
    const { requests, answered, costNanoUsd } = sums.get(arm) ?? {
      requests: 0,
      answered: 0,
      costNanoUsd: 0n,
    };
    const should = [requests, answered, costNanoUsd];
    if (is.join() === should.join()) continue;
    const what = `${is.join(", ")}; its rows ${should.join(", ")}`;
    throw new Violation("RTE-4 figures", `${arm} has requests, answers, cost ${what}`);
  }
}

/** Each change has one row in the audit log, and each phase is one more than that before. */
export function checkAudited(reader: Reader, rows: readonly SplitChangeRow[]): void {
  for (const [n, { phase, requestId, event }] of rows.entries()) {
    if (phase !== n + 1) throw new Violation("RTE-4 change", `phase ${phase} is change ${n + 1}`);
    const sql = "SELECT count(*) AS n FROM audit WHERE request_id = ? AND event = ?";
    const count = Number(reader.get(sql, [requestId, `admin.split.${event}`])?.["n"] ?? 0);
    if (count !== 1) throw new Violation("RTE-4 audit", `phase ${phase} has ${count} audit rows`);
  }
}
