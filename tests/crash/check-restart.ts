import type { AuditPage, ChainVerdict } from "@sekisho/wire/admin/audit.ts";
import type { BudgetList } from "@sekisho/wire/admin/budgets.ts";
import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import type { ServerProcess } from "../harness/server-process.ts";
import { secrets, settingPath, settingValue } from "./crash-config.ts";
import { costOfPastCall, pastCalls } from "./past-calls.ts";
import type { ResponseRow, StoredBooks } from "./stored-books.ts";
import type { Progress, Witness } from "./workload.ts";

/** What the second server and the file behind it are held against. */
export interface Restart {
  readonly witness: Witness;
  readonly server: ServerProcess;
  readonly books: StoredBooks;
  /** By the provider: what the calls cost that it answered whole. */
  readonly billNanoUsd: number;
}

/** What was lost, doubled or left open, in sentences; none when all is well. */
export async function problemsOf(restart: Restart): Promise<string[]> {
  return [
    ...callProblems(restart),
    ...moneyProblems(restart),
    ...(await reservationProblems(restart)),
    ...(await keyProblems(restart)),
    ...(await settingProblems(restart)),
    ...(await auditProblems(restart)),
  ];
}

/** Every call has one terminal row, and an answered one is not lost. */
function callProblems({ witness, books }: Restart): string[] {
  const problems: string[] = [];
  if (books.openIntents > 0) problems.push(`${books.openIntents} intents have no end`);
  if (books.orphans > 0) problems.push(`${books.orphans} calls have attempts and no response`);
  for (const user of new Set(books.responses.map((row) => row.user))) {
    const rows = books.responses.filter((row) => row.user === user);
    if (rows.length > 1) problems.push(`call ${user} has ${rows.length} rows`);
    if (!witness.begun.includes(user)) problems.push(`call ${user} was never made`);
  }
  for (const { user, id, costNanoUsd } of witness.answered) {
    const row = books.responses.find((each) => each.user === user);
    if (row === undefined || row.id !== id) {
      problems.push(`call ${user} was answered and has no row`);
    } else if (row.outcome === "ok" && costNanoUsd !== null && row.costNanoUsd !== costNanoUsd) {
      problems.push(`call ${user} cost ${costNanoUsd}, its row says ${row.costNanoUsd}`);
    } else if (row.outcome !== "ok" && row.outcome !== "unknown") {
      problems.push(`call ${user} was answered, its row says ${row.outcome}`);
    }
  }
  return problems;
}

/** Whose rows an account sums, by the scope that its name begins with. */
const ownerOf: Readonly<Record<string, (row: ResponseRow) => string | null>> = {
  tenant: ({ tenant }) => tenant,
  key: ({ key }) => key,
  user: ({ tenant, user }) => `${tenant}/${user}`,
  session: ({ tenant, session }) => (session === null ? null : `${tenant}/${session}`),
};

/** Budgets and roll-ups are the sums of the rows, and nothing that is billed is missing. */
function moneyProblems({ books, billNanoUsd }: Restart): string[] {
  const problems: string[] = [];
  const sumOf = (rows: readonly ResponseRow[]): number =>
    rows.reduce((total, row) => total + row.costNanoUsd, 0);
  for (const [account, spent] of books.spent) {
    const [scope = "", owner = ""] = account.split(":");
    const rows = books.responses.filter((row) => ownerOf[scope]?.(row) === owner);
    if (sumOf(rows) !== spent) {
      problems.push(`${account} has spent ${spent}, its rows say ${sumOf(rows)}`);
    }
  }
  const booked = sumOf(books.responses);
  if (booked < billNanoUsd) problems.push(`${billNanoUsd} billed, ${booked} booked`);
  const rows = { requests: books.responses.length, costNanoUsd: booked };
  // And one of this day.
  const before = { requests: pastCalls + 1, costNanoUsd: (pastCalls + 1) * costOfPastCall };
  for (const { name, isPast, requests, costNanoUsd } of books.rollups) {
    const expected = isPast ? before : rows;
    if (requests !== expected.requests || costNanoUsd !== expected.costNanoUsd) {
      problems.push(`${name} has ${requests} calls for ${costNanoUsd}, rows say otherwise`);
    }
  }
  return problems;
}

/** What the process before has held is held no longer. */
async function reservationProblems(restart: Restart): Promise<string[]> {
  const answer = await askAdmin(restart, "/admin/budgets?user=u1&session=s1");
  // The server's own answer.
  const { budgets } = (await answer.json()) as BudgetList;
  return budgets.flatMap(({ account, ...measures }) =>
    [measures.cost, measures.inputTokens, measures.outputTokens].flatMap((measure) =>
      Number(measure?.reserved ?? 0) === 0 ? [] : [`${account} holds ${measure?.reserved}`],
    ),
  );
}

/** Keys that were acknowledged work, revoked and replaced ones do not. */
async function keyProblems({ witness, server }: Restart): Promise<string[]> {
  const problems: string[] = [];
  const expectKey = async (what: string, secret: string, works: boolean): Promise<void> => {
    const answer = await fetch(`${server.url}/v1/models`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    await answer.arrayBuffer();
    const status = works ? 200 : 401;
    if (answer.status !== status) problems.push(`${what}: ${answer.status} instead of ${status}`);
  };
  const { adminKey, made, rotation, rotated, doomed, revocation } = witness;
  if (adminKey !== null && adminKey !== server.ready.adminKey) problems.push("a new admin key");
  await expectKey("the key of the file", secrets.till, true);
  if (made !== null && rotation !== "asked") {
    await expectKey("the key before its rotation", made.secret, rotation === "not asked");
  }
  if (rotated !== null) await expectKey("the rotated key", rotated, true);
  if (doomed !== null && revocation !== "asked") {
    await expectKey("the doomed key", doomed.secret, revocation === "not asked");
  }
  return problems;
}

const askAdmin = ({ server }: Restart, path: string): Promise<Response> =>
  fetch(`${server.ready.urls["admin"]}${path}`, {
    headers: { authorization: `Bearer ${server.ready.adminKey}` },
  });

/** Every change that was acknowledged has its row, and the rows are a chain. */
async function auditProblems(restart: Restart): Promise<string[]> {
  const { witness } = restart;
  const paths = ["/admin/audit", "/admin/audit/verify", "/admin/ledger/verify?part=open"];
  const bodies = await Promise.all(
    paths.map(async (path) => (await askAdmin(restart, path)).json()),
  );
  // The server's own answers.
  const [{ rows }, verdict, ledger] = bodies as [AuditPage, ChainVerdict, ChainVerdict];
  const expected: readonly (readonly [event: string, object: string | undefined, Progress])[] = [
    ["admin.key.created", witness.made?.id, "acknowledged"],
    ["admin.key.rotated", witness.made?.id, witness.rotation],
    ["admin.key.created", witness.doomed?.id, "acknowledged"],
    ["admin.key.revoked", witness.doomed?.id, witness.revocation],
    ["admin.config.set", settingPath, witness.setting],
    ["admin.person.erased", witness.pseudonym ?? undefined, "acknowledged"],
  ];
  const problems = verdict.ok ? [] : [`the audit log does not fit: ${JSON.stringify(verdict)}`];
  if (!ledger.ok) problems.push(`the ledger does not fit: ${JSON.stringify(ledger)}`);
  for (const [event, object, progress] of expected) {
    if (object === undefined) continue;
    const found = rows.filter((row) => row.event === event && row.object === object).length;
    const isGood = progress === "asked" ? found <= 1 : found === Number(progress !== "not asked");
    if (!isGood) problems.push(`${event} was ${progress} and has ${found} audit rows`);
  }
  return problems;
}

async function settingProblems(restart: Restart): Promise<string[]> {
  const { witness } = restart;
  const answer = await askAdmin(restart, "/admin/config");
  if (answer.status !== 200) return [`the configuration cannot be read: ${answer.status}`];
  // The server's own answer.
  const { values } = (await answer.json()) as ConfigView;
  const isSet = values.find(({ path }) => path === settingPath)?.value === settingValue;
  if (witness.setting === "acknowledged" && !isSet) return ["a change of the settings is lost"];
  if (witness.setting === "not asked" && isSet) return ["the settings changed by themselves"];
  return [];
}
