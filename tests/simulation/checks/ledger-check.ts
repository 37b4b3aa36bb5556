import { measures, nothing, type Amounts } from "@sekisho/gateway/amounts.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";
import type { UpstreamRecord } from "../providers/upstream-record.ts";
import type { IntentBook, KnownIntent } from "./intent-book.ts";

/** A response's row (attempt 0) and those of its attempts, in order. */
export interface CallRows {
  readonly response: Row;
  readonly attempts: readonly Row[];
}

const number = (row: Row | undefined, column: string): number => Number(row?.[column] ?? 0);

const text = (row: Row, column: string): string => String(row[column]);

/** All rows by call. Attempts are numbered without gaps, and each call has one end. */
export function readLedger(reader: Reader): Map<string, CallRows> {
  const calls = new Map<string, { response: Row | null; attempts: Row[] }>();
  for (const row of reader.all("SELECT * FROM ledger ORDER BY id, attempt")) {
    const id = String(row["id"]);
    const call = calls.get(id) ?? { response: null, attempts: [] };
    calls.set(id, call);
    if (row["attempt"] === 0) call.response = row;
    else call.attempts.push(row);
    if (row["attempt"] !== 0 && row["attempt"] !== call.attempts.length) {
      throw new Violation("MON-14", `call ${id}: attempt ${number(row, "attempt")} after a gap`);
    }
  }
  const whole = new Map<string, CallRows>();
  for (const [id, { response, attempts }] of calls) {
    if (response === null) throw new Violation("MON-10", `call ${id} has no response row`);
    whole.set(id, { response, attempts });
  }
  return whole;
}

/** MON-10: every durable intent has exactly one terminal, and no row is without an intent. */
export function checkTerminals(reader: Reader, intents: IntentBook): Map<string, CallRows> {
  const ledger = readLedger(reader);
  const open = reader.all("SELECT id FROM intents").map((row) => String(row["id"]));
  if (open.length > 0) throw new Violation("MON-10", `intents without an end: ${open.join()}`);
  for (const id of ledger.keys()) {
    const intent = intents.byId(id);
    if (intent === undefined) throw new Violation("MON-10", `a row for an unknown call ${id}`);
    if (intent.state === "refused") {
      throw new Violation("MON-10", `request ${intent.n} has a row, its intent was refused`);
    }
  }
  for (const intent of intents.all) {
    if (intent.state === "durable" && !ledger.has(intent.row.id)) {
      throw new Violation("MON-10", `request ${intent.n} has a durable intent and no row`);
    }
  }
  return ledger;
}

/** What each account has spent in each window, by the rows of the ledger. */
export function spentByRows(
  ledger: ReadonlyMap<string, CallRows>,
  intents: IntentBook,
): Map<string, Amounts> {
  const spent = new Map<string, Amounts>();
  for (const [id, { response }] of ledger) {
    const intent = intents.byId(id);
    if (intent === undefined) continue;
    const own = spentByRow(response, intent.row.reserved);
    for (const { account, windowStartMs } of intent.row.accounts) {
      const name = `${account}@${windowStartMs}`;
      spent.set(name, sumOf(spent.get(name) ?? nothing, own));
    }
  }
  return spent;
}

/** What its tenant's budgets book of a call: never more than was reserved for it (MON-7). */
function spentByRow(row: Row, reserved: Amounts): Amounts {
  const nanoUsd = number(row, "cost_nano_usd");
  if (row["outcome"] === "unknown") return reserved;
  if (row["outcome"] === "error" && row["first_token_ms"] === null) return nothing;
  if (row["usage_source"] === "unknown") return { ...reserved, nanoUsd };
  const cached = ["cache_read", "cache_write_5m", "cache_write_1h"];
  const input = cached.reduce((sum, column) => sum + number(row, column), number(row, "input"));
  return {
    nanoUsd,
    inputTokens: Math.min(reserved.inputTokens, input),
    outputTokens: Math.min(reserved.outputTokens, number(row, "output")),
  };
}

const sumOf = (a: Amounts, b: Amounts): Amounts => ({
  nanoUsd: a.nanoUsd + b.nanoUsd,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

/** The budget table is the sum of the rows, for every account and window. */
export function checkSpent(reader: Reader, spent: ReadonlyMap<string, Amounts>): void {
  const table = new Map<string, Amounts>();
  for (const row of reader.all("SELECT * FROM budget_spent")) {
    table.set(`${text(row, "account")}@${text(row, "window_start_ms")}`, {
      nanoUsd: number(row, "spent_nano_usd"),
      inputTokens: number(row, "spent_input_tokens"),
      outputTokens: number(row, "spent_output_tokens"),
    });
  }
  for (const name of new Set([...table.keys(), ...spent.keys()])) {
    const [booked, right] = [table.get(name) ?? nothing, spent.get(name) ?? nothing];
    for (const measure of measures) {
      if (booked[measure] === right[measure]) continue;
      const what = `${booked[measure]} ${measure}, its rows say ${right[measure]}`;
      throw new Violation("MON-14 spent", `${name} has spent ${what}`);
    }
  }
}

const rollupColumns = ["input", "output", "wasted", "reasoning", "cost_nano_usd"] as const;
const rollupKeys = `minute, tenant, team, key, agent, alias, model, provider, region, outcome`;

/** MON-14: every roll-up is the sum of its rows. */
export function checkRollups(reader: Reader): void {
  const rows = reader.all(
    `SELECT time_ms / 60000 AS minute, tenant, ifnull(team, '') AS team, key,
      ifnull(agent, '') AS agent, alias, ifnull(model, '') AS model,
      ifnull(provider, '') AS provider, ifnull(region, '') AS region, outcome,
      count(*) AS requests, sum(input) AS input, sum(output) AS output,
      sum(ifnull(wasted, 0)) AS wasted,
      sum(cache_read) AS cached, sum(reasoning) AS reasoning, sum(cost_nano_usd) AS cost_nano_usd
    FROM ledger WHERE attempt = 0 GROUP BY ${rollupKeys} ORDER BY ${rollupKeys}`,
  );
  const rollups = reader.all(
    `SELECT ${rollupKeys}, requests, cached, ${rollupColumns.join(", ")}
    FROM rollups ORDER BY ${rollupKeys}`,
  );
  const [right, booked] = [rows.map(textOfRollup), rollups.map(textOfRollup)];
  for (const [index, text] of right.entries()) {
    if (booked[index] !== text) {
      throw new Violation("MON-14 roll-up", `it is ${booked[index]}, its rows say ${text}`);
    }
  }
  if (booked.length !== right.length) throw new Violation("MON-14 roll-up", "one without rows");
}

const textOfRollup = (row: Row): string =>
  [...rollupKeys.split(", "), "requests", "cached", ...rollupColumns]
    .map((column) => `${column}=${text(row, column)}`)
    .join(" ");

/** What of a row's delivered and wasted tokens cannot be; null where they are its output. */
function wasteProblem(row: Row): string | null {
  const { wasted, delivered, output, usage_source: source } = row;
  if (row["outcome"] === "unknown" || source === "unknown") {
    return wasted === null ? null : `${text(row, "wasted")} of an unknown number wasted`;
  }
  const isWhole = Number(wasted) + Number(delivered) === output;
  if (wasted !== null && isWhole && Number(wasted) >= 0 && Number(delivered) >= 0) return null;
  const [left, right] = [text(row, "delivered"), text(row, "wasted")];
  return `${left} delivered and ${right} wasted of ${text(row, "output")}`;
}

/** What the rows of one call must say, given what its provider did and charged. */
export function checkCallRows(
  intent: KnownIntent,
  { response, attempts }: CallRows,
  calls: readonly UpstreamRecord[],
): void {
  const fail = (rule: string, what: string): never => {
    throw new Violation(rule, `request ${intent.n}: ${what}`);
  };
  for (const row of [response, ...attempts]) {
    const why = wasteProblem(row);
    if (why !== null) fail("MON-14 waste", why);
  }
  const cost = number(response, "cost_nano_usd");
  const { outcome } = response;
  const { nanoUsd: reserved } = intent.row.reserved;
  if (cost > reserved) fail("MON-7", `${cost} of ${reserved}`);
  if (outcome === "unknown") {
    if (cost !== reserved) fail("MON-10", "unknown, but not at its reservation");
    return;
  }
  if (attempts.length !== calls.length) {
    fail("MON-14", `${attempts.length} rows for ${calls.length} calls`);
  }
  if (outcome === "error" && response["first_token_ms"] === null && cost !== 0) {
    fail("MON-15", `an error before content costs ${cost}`);
  }
  if (outcome !== "ok") return;
  const [served, own] = [calls.at(-1), attempts.at(-1)];
  if (served === undefined) return fail("MON-15", "an answer that nobody gave");
  if (!hasHonestUsage(served)) return;
  const attemptCost = number(own, "cost_nano_usd");
  const { billNanoUsd } = served;
  if (attemptCost !== billNanoUsd) fail("bill", `${attemptCost}, billed ${billNanoUsd}`);
  if (cost !== billNanoUsd) fail("bill", `the tenant pays ${cost} of ${billNanoUsd}`);
}

const dishonest = [
  "no usage",
  "absurd usage",
  "huge usage",
  "endless trickle",
  "no content at all",
];

/** Did the provider say what it charges for? A torn end may have taken that away. */
function hasHonestUsage({ fault, frames, isStream }: UpstreamRecord): boolean {
  if (dishonest.includes(fault)) return false;
  return !isStream || frames.some(({ kind }) => kind === "done");
}
