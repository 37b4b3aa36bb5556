import assert from "node:assert/strict";
import { test } from "node:test";
import { chainHash, chainStart } from "@sekisho/lib/storage/chains/chain-hash.ts";
import type { ChainFault } from "@sekisho/lib/storage/chains/chain-walk.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { dropOldest } from "./drop-days.ts";
import { dayMs, sealDays, sealWrite } from "./ledger-days.ts";
import { memoryLedger, rowOf, startMs } from "./memory-ledger-fixture.ts";
import { ledgerMigrations } from "./store/migrations.sql.ts";
import { ledgerParts, verifyPart, verifySeals } from "./verify-ledger.ts";

const pause = (): Promise<void> => Promise.resolve();

/** Without the calls that stand there: see `name-calls.test.ts`. */
const placesOf = (fault: ChainFault | null | undefined) => {
  const { kind, seq, lastSeq } = fault ?? {};
  if (kind === undefined) return null;
  return lastSeq === undefined ? { kind, seq } : { kind, seq, lastSeq };
};

/** So many calls on each of these days, the last of which is not over: each in a transaction. */
function threeDays(perDay = 4, inTransaction = 1) {
  const ledger = memoryLedger();
  const { reader, run, add, mark } = ledger;
  for (let day = 0; day < 3; day++) {
    for (let n = 0; n < perDay; n += inTransaction) {
      const calls = Array.from(
        { length: Math.min(inTransaction, perDay - n) },
        (_, index) => n + index,
      );
      add(
        ...calls.map((id) => [rowOf(`call-${day}-${id}`, { timeMs: startMs + day * dayMs + id })]),
      );
    }
    mark(startMs + day * dayMs + 60_000);
  }
  run(sealDays(reader, startMs + 2 * dayMs + 120_000).map(sealWrite));
  const verify = async () => {
    const parts = await Promise.all(
      ledgerParts(reader).map((each) => verifyPart(reader, each, pause)),
    );
    return [...verifySeals(reader), ...parts].map((each) => {
      assert.ok(each !== null);
      return [each.chain, each.rows, placesOf(each.fault)];
    });
  };
  return { ...ledger, verify };
}

const good = [
  ["seals", 2, null],
  ["2026-01-01", 4, null],
  ["2026-01-02", 4, null],
  ["open", 4, null],
];

test("MON-14 each day that is over has a seal, and all calls are a chain", async () => {
  const { verify, add, reader } = threeDays();
  assert.deepEqual(await verify(), good);
  add([rowOf("behind the mark")]);
  assert.deepEqual((await verify()).at(-1), ["open", 5, null]);
  assert.deepEqual(sealDays(reader, startMs + 2 * dayMs + 180_000), [], "no day is sealed twice");
  assert.equal(await verifyPart(reader, "2026-01-03", pause), null);
});

for (const inTransaction of [1, 7, 1_201]) {
  test(`MON-14 a part of many pages is walked whole, ${inTransaction} in a commit`, async () => {
    const { verify } = threeDays(1_201, inTransaction);
    assert.deepEqual(
      (await verify()).map(([, rows, fault]) => [rows, fault]),
      [
        [2, null],
        [1_201, null],
        [1_201, null],
        [1_201, null],
      ],
    );
  });
}

type Fault = readonly [part: string, kind: string, seq: number, lastSeq?: number];
const faultOf = ([, kind, seq, lastSeq]: Fault) =>
  lastSeq === undefined ? { kind, seq } : { kind, seq, lastSeq };
const cost = "about = replace(about, '7', '6')";
const swap = (a: number, b: number): string =>
  `UPDATE calls SET place = -1 WHERE place = ${a}; UPDATE calls SET place = ${a} WHERE place = ${b};
   UPDATE calls SET place = ${b} WHERE place = -1`;

const forged = (place: number): string => `INSERT INTO calls (place, id, time_ms, about, hash)
  SELECT ${place}, 'forged', time_ms, about, x'' FROM calls LIMIT 1`;

const tamperings: readonly (readonly [what: string, sql: string, Fault])[] = [
  ["a cost", `UPDATE calls SET ${cost} WHERE place = 6`, ["2026-01-02", "changed", 6]],
  ["an id", "UPDATE calls SET id = 'x' WHERE place = 1", ["2026-01-01", "changed", 1]],
  ["a time", "UPDATE calls SET time_ms = 5 WHERE place = 12", ["open", "changed", 12]],
  ["a hash", "UPDATE calls SET hash = x'00' WHERE place = 7", ["2026-01-02", "changed", 7]],
  ["two calls exchanged", swap(2, 3), ["2026-01-01", "changed", 2]],
  ["a call taken out", "DELETE FROM calls WHERE place = 3", ["2026-01-01", "missing", 3]],
  ["the last of a day", "DELETE FROM calls WHERE place = 8", ["2026-01-02", "missing", 8]],
  ["the newest calls", "DELETE FROM calls WHERE place > 10", ["open", "missing", 11]],
  [
    "the newest calls and their mark",
    "DELETE FROM calls WHERE place > 10; DELETE FROM ledger_marks WHERE place > 10",
    ["open", "missing", 11, 12],
  ],
  [
    "all behind the seals and their mark",
    "DELETE FROM calls WHERE place > 8; DELETE FROM ledger_marks WHERE place > 8",
    ["open", "missing", 9, 12],
  ],
  ["a seal", "UPDATE ledger_days SET last_place = 9 WHERE last_place = 8", ["seals", "changed", 2]],
  ["a day", "DELETE FROM ledger_days WHERE first_place = 1", ["seals", "missing", 1]],
  ["the last seal", "UPDATE ledger_days SET seal = x'' WHERE day > 20454", ["seals", "changed", 2]],
  ["all seals", "UPDATE ledger_days SET seal = x'', last_place = 3", ["seals", "changed", 1]],
  ["a call before the first", forged(0), ["2026-01-01", "added", 0]],
  ["one far before it", forged(-7), ["2026-01-01", "added", -7]],
  ["one behind the mark", forged(13), ["open", "missing", 14]],
];

for (const [what, sql, fault] of tamperings) {
  test(`MON-14 the walk names the first call that does not fit: ${what}`, async () => {
    const { verify, tamper } = threeDays();
    tamper(sql);
    const first = (await verify()).find(([, , found]) => found !== null);
    assert.deepEqual([first?.[0], first?.[2]], [fault[0], faultOf(fault)]);
  });
}

/** Calls 1 to 3 are one transaction, 4 another, 5 to 7 … */
const inGroups: readonly (readonly [what: string, sql: string, Fault])[] = [
  ["a cost", `UPDATE calls SET ${cost} WHERE place = 6`, ["2026-01-02", "changed", 5, 7]],
  ["an id", "UPDATE calls SET id = 'x' WHERE place = 3", ["2026-01-01", "changed", 1, 3]],
  ["an end", "UPDATE calls SET time_ms = 5 WHERE place = 4", ["2026-01-01", "changed", 4]],
  ["a hash", "UPDATE calls SET hash = x'00' WHERE place = 7", ["2026-01-02", "changed", 5, 7]],
  [
    "one hash more",
    "UPDATE calls SET hash = x'00' WHERE place = 2",
    ["2026-01-01", "changed", 1, 2],
  ],
  ["no hash", "UPDATE calls SET hash = x'' WHERE place = 3", ["2026-01-01", "changed", 1, 4]],
  ["no last hash", "UPDATE calls SET hash = x'' WHERE place = 12", ["open", "changed", 12]],
  ["none at a seal", "UPDATE calls SET hash = x'' WHERE place = 8", ["2026-01-02", "changed", 8]],
  ["none at all", "UPDATE calls SET hash = x''", ["2026-01-01", "changed", 1, 4]],
  ["exchanged", swap(1, 2), ["2026-01-01", "changed", 1, 3]],
  ["exchanged between two commits", swap(3, 5), ["2026-01-01", "changed", 1, 4]],
  ["taken out", "DELETE FROM calls WHERE place = 2", ["2026-01-01", "missing", 2]],
  [
    "taken out, and those behind it moved",
    "DELETE FROM calls WHERE place = 2; UPDATE calls SET place = place - 1 WHERE place > 2",
    ["2026-01-01", "changed", 1, 2],
  ],
  ["the newest", "DELETE FROM calls WHERE place > 10", ["open", "missing", 11]],
];

for (const [what, sql, fault] of inGroups) {
  test(`MON-14 the calls of a transaction that does not fit are named: ${what}`, async () => {
    const { verify, tamper } = threeDays(4, 3);
    assert.deepEqual(await verify(), good);
    tamper(sql);
    const first = (await verify()).find(([, , found]) => found !== null);
    assert.deepEqual([first?.[0], first?.[2]], [fault[0], faultOf(fault)]);
  });
}

test("MON-14 a ledger without seals that was emptied with its marks is not whole", async () => {
  const { add, mark, tamper, reader } = memoryLedger();
  const open = async () => await verifyPart(reader, "open", pause);
  assert.deepEqual([(await open())?.rows, (await open())?.fault], [0, null], "nor is an empty one");
  // A call of yesterday that ends behind one of today is counted as well.
  let n = 0;
  for (const day of [1, 0, 1]) add([rowOf(`call-${n++}`, { timeMs: startMs + day * dayMs })]);
  mark(startMs + dayMs + 60_000);
  assert.deepEqual([(await open())?.rows, (await open())?.fault], [3, null]);
  tamper("DELETE FROM calls; DELETE FROM ledger_marks");
  const emptied = await open();
  assert.deepEqual([emptied?.rows, emptied?.hash], [0, null]);
  assert.deepEqual(placesOf(emptied?.fault), { kind: "missing", seq: 1, lastSeq: 3 });
  add([rowOf("later", { timeMs: startMs + dayMs })]);
  mark(startMs + dayMs + 120_000);
  const places = placesOf((await open())?.fault);
  assert.deepEqual(places, { kind: "missing", seq: 2, lastSeq: 4 }, "a place is given again");
});

test("MON-14 a call that ends while roll-ups are counted is not missed", async () => {
  const { add, reader } = memoryLedger();
  for (const day of [0, 1, 2]) add([rowOf(`call-${day}`, { timeMs: startMs + day * dayMs })]);
  let n = 0;
  const addMeanwhile = async (): Promise<void> => {
    n += 1;
    const timeMs = startMs + (n % 3) * dayMs;
    if (n < 20) add([rowOf(`meanwhile-${n}`, { timeMs })]);
  };
  assert.equal((await verifyPart(reader, "open", addMeanwhile))?.fault, null);
  assert.ok(n > 20);
});

test("MON-14 calls that were hashed one by one still verify, and the chain goes on", async () => {
  const { add, tamper, reader } = memoryLedger();
  for (const n of [1, 2, 3]) {
    const values = `'old-${n}', ${n}, '[[],[]]'`;
    tamper(`INSERT INTO calls (id, time_ms, about, hash) SELECT ${values},
      chain_hash((SELECT hash FROM calls ORDER BY place DESC LIMIT 1), ${values})`);
  }
  add([rowOf("a")], [rowOf("b")]);
  add([rowOf("c")]);
  const fault = async () => placesOf((await verifyPart(reader, "open", pause))?.fault);
  assert.equal(await fault(), null);
  tamper("UPDATE calls SET time_ms = 9 WHERE id = 'old-2'");
  assert.deepEqual(await fault(), { kind: "changed", seq: 2 });
  tamper("UPDATE calls SET time_ms = 2 WHERE id = 'old-2'");
  tamper("UPDATE calls SET hash = x'' WHERE id = 'old-3'");
  assert.deepEqual(await fault(), { kind: "changed", seq: 3, lastSeq: 5 });
});

test("MON-14 whole sealed days are dropped, and the rest is still a chain", async () => {
  const { verify, reader, run } = threeDays(1_100);
  const today = startMs / dayMs + 2;
  const nowMs = startMs + 2 * dayMs;
  const steps: number[] = [];
  for (;;) {
    const step = dropOldest(reader, { beforeDay: today - 1, nowMs });
    if (step === null) break;
    run(step.writes);
    steps.push(step.writes.length);
    const parts = await verify();
    assert.ok(
      parts.every(([, , fault]) => fault === null),
      "at no step anything is missing",
    );
  }
  assert.deepEqual(steps, [2, 2, 2, 2]);
  assert.deepEqual(await verify(), [
    ["seals", 2, null],
    ["drops", 1, null],
    ["2026-01-02", 1_100, null],
    ["open", 1_100, null],
  ]);
  assert.equal(reader.get("SELECT min(place) AS place FROM calls")?.["place"], 1_101);
  const more = dropOldest(reader, { beforeDay: today, nowMs });
  assert.equal(more, null, "the newest sealed day stays");
});

test("MON-14 a call before the first is found also where days were dropped", async () => {
  const { verify, reader, run, tamper } = threeDays();
  const ofDrop = { beforeDay: startMs / dayMs + 1, nowMs: startMs + 2 * dayMs };
  for (let step = 0; step < 2; step++) run(dropOldest(reader, ofDrop)?.writes ?? []);
  assert.deepEqual(ledgerParts(reader), ["2026-01-02", "open"]);
  assert.ok((await verify()).every(([, , fault]) => fault === null));
  tamper(forged(-1));
  const faults = (await verify()).map(([part, rows, fault]) => fault && [part, rows, fault]);
  assert.deepEqual(faults, [null, null, ["2026-01-02", 0, { kind: "added", seq: -1 }], null]);
});

const dropTamperings: readonly (readonly [what: string, sql: string, Fault])[] = [
  ["a day marked by hand", "UPDATE ledger_days SET is_dropped = 1", ["seals", "changed", 3]],
  ["a mark taken away", "UPDATE ledger_days SET is_dropped = 0", ["seals", "changed", 1]],
  ["a drop taken out", "DELETE FROM ledger_drops", ["seals", "changed", 1]],
  ["the first of two drops", "DELETE FROM ledger_drops WHERE seq = 1", ["drops", "missing", 1]],
  ["when it was", "UPDATE ledger_drops SET at_ms = 5", ["drops", "changed", 1]],
  ["its hash", "UPDATE ledger_drops SET hash = x'' WHERE seq = 2", ["drops", "changed", 2]],
];

for (const [what, sql, fault] of dropTamperings) {
  test(`MON-14 nobody else drops days: ${what}`, () => {
    const { reader, run, add, mark, disk } = memoryLedger();
    for (let day = 0; day < 4; day++) {
      add([rowOf(`call-${day}`, { timeMs: startMs + day * dayMs })]);
      mark(startMs + day * dayMs + 60_000);
    }
    run(sealDays(reader, startMs + 4 * dayMs).map(sealWrite));
    for (const beforeDay of [1, 2]) {
      const nowMs = startMs + 4 * dayMs;
      run(dropOldest(reader, { beforeDay: startMs / dayMs + beforeDay, nowMs })?.writes ?? []);
      run(dropOldest(reader, { beforeDay: startMs / dayMs + beforeDay, nowMs })?.writes ?? []);
    }
    assert.ok(verifySeals(reader).every((each) => each.fault === null));
    disk.database.exec(sql);
    const bad = verifySeals(reader).find((each) => each.fault !== null);
    const [chain, kind, seq] = fault;
    assert.deepEqual([bad?.chain, bad?.fault], [chain, { kind, seq }]);
  });
}

test("MON-14 days that a version before this one dropped have a drop of their own", () => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  const { database } = disk;
  migrate(
    database,
    ledgerMigrations.filter((each) => each.number < 310),
    clock,
  );
  const seal = chainHash(chainStart, [1, 1, 2, "00"]);
  database.prepare("INSERT INTO ledger_days VALUES (1, 1, 2, x'00', zeroblob(32), ?, 1)").run(seal);
  migrate(database, ledgerMigrations, clock);
  assert.deepEqual(
    verifySeals(disk.openReader()).map((each) => [each.chain, each.rows, each.fault]),
    [
      ["seals", 1, null],
      ["drops", 1, null],
    ],
  );
});

test("MON-14 days without calls have no seal, nor has a clock that was set back", async () => {
  const { reader, run, add, mark } = memoryLedger();
  const seal = (day: number): void => run(sealDays(reader, startMs + day * dayMs).map(sealWrite));
  add([rowOf("a")]);
  mark(startMs + 5);
  seal(10);
  add([rowOf("b")]);
  mark(startMs - dayMs);
  seal(11);
  add([rowOf("c")]);
  mark(startMs + 11 * dayMs);
  seal(12);
  const parts = ledgerParts(reader);
  assert.deepEqual(parts, ["2026-01-01", "2026-01-12", "open"]);
  for (const [part, rows] of [
    ["2026-01-01", 1],
    ["2026-01-12", 2],
  ] as const) {
    const findings = await verifyPart(reader, part, pause);
    assert.deepEqual([findings?.rows, findings?.fault], [rows, null]);
  }
});
