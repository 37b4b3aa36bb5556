import assert from "node:assert/strict";
import { test } from "node:test";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { eraseNames, openErasures, type Erasure } from "./erase-names.ts";
import { memoryLedger, rowOf, subject } from "./memory-ledger-fixture.ts";

const anna: Erasure = { tenant: "acme", user: "anna", session: null, pseudonym: "erased_1" };

/** Calls of two users in three sessions, over more than one window. */
function manyCalls() {
  const { add, reader, run } = memoryLedger();
  for (let n = 0; n < 1_000; n++) {
    const user = n % 3 === 0 ? "anna" : "bert";
    const session = n % 5 === 0 ? null : `session ${n % 4}`;
    const tenant = n % 7 === 0 ? "other" : "acme";
    add([rowOf(`call-${n}`, { subject: { ...subject, tenant, user, session } })]);
  }
  const others: string[] = [];
  let left = Infinity;
  const crash = new Error("the process is dead");
  const ports = {
    reader,
    commit(writes: readonly Write[]) {
      if (left === 0) return Promise.reject(crash);
      left -= 1;
      run(writes);
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
    written: () => Promise.resolve(),
    owner: null,
    others: async (sessions: ReadonlyMap<string, string>): Promise<Write[]> => {
      others.splice(0, others.length, ...sessions.keys());
      return [];
    },
  };
  const who = () =>
    reader.all("SELECT id, user, session, about ->> '$[0][0]' AS tenant FROM calls ORDER BY place");
  return {
    add,
    reader,
    ports,
    others,
    who,
    dieAfter: (commits: number) => (left = commits),
    crash,
  };
}

/** What the calls of the user are called now, in two columns. */
const namesIn = (rows: ReturnType<ReturnType<typeof manyCalls>["who"]>) =>
  rows.map((row) => [row["id"], row["user"], row["session"]]);

test("SEC-16 every call of the user has the pseudonym, each session its own number", async () => {
  const { ports, who, others, reader } = manyCalls();
  const before = who();
  const { calls, sessions } = await eraseNames(anna, ports);
  const own = before.filter((row) => row["user"] === "anna" && row["tenant"] === "acme");
  assert.deepEqual([calls, sessions.size], [own.length, 4]);
  const expected = before.map((row) =>
    own.includes(row)
      ? [row["id"], "erased_1", sessions.get(String(row["session"])) ?? null]
      : [row["id"], row["user"], row["session"]],
  );
  assert.deepEqual(namesIn(who()), expected);
  assert.deepEqual(
    others.toSorted(),
    [0, 1, 2, 3].map((n) => `session ${n}`),
  );
  assert.deepEqual(openErasures(reader), []);
});

test("SEC-16 cut off at any commit, an erasure goes on to the same end", async () => {
  const whole = manyCalls();
  await eraseNames(anna, whole.ports);
  const expected = namesIn(whole.who());
  for (let commits = 0; ; commits += 1) {
    const { ports, dieAfter, who, reader, others, crash } = manyCalls();
    dieAfter(commits);
    const isDead = await eraseNames(anna, ports).then(
      () => false,
      (error: unknown) => error === crash,
    );
    if (!isDead) break;
    assert.deepEqual(openErasures(reader), commits === 0 ? [] : [anna]);
    dieAfter(Infinity);
    for (const each of openErasures(reader)) await eraseNames(each, ports);
    if (commits === 0) continue;
    assert.deepEqual(namesIn(who()), expected, `died after ${commits} commits`);
    assert.equal(others.length, 4, "also those of the windows before the crash");
    assert.deepEqual(openErasures(reader), []);
  }
});

test("SEC-16 calls on their way to the file, and those that it ends, are renamed", async () => {
  const { ports, who, others, add } = manyCalls();
  const late = (id: string, session: string): void =>
    add([rowOf(id, { subject: { ...subject, tenant: "acme", user: "anna", session } })]);
  let looks = 0;
  const written = (): Promise<void> => {
    looks += 1;
    late(`call ended before look ${looks}`, `late ${looks}`);
    return Promise.resolve();
  };
  const { sessions } = await eraseNames(anna, { ...ports, written });
  assert.equal(who().filter((row) => row["user"] === "anna" && row["tenant"] === "acme").length, 0);
  assert.deepEqual([looks, sessions.size], [2, 6]);
  assert.deepEqual(others.slice(-2), ["late 1", "late 2"], "their kept answers go, too");
});

test("SEC-16 a session's name goes from the calls of everybody in its tenant", async () => {
  const { ports, who } = manyCalls();
  const order = { tenant: "acme", user: null, session: "session 1", pseudonym: "erased_2" };
  await eraseNames(order, ports);
  const named = who().filter((row) => row["session"] === "session 1");
  assert.ok(named.length > 0 && named.every((row) => row["tenant"] === "other"));
  assert.ok(who().some((row) => row["session"] === "erased_2.1" && row["user"] === "bert"));
});
