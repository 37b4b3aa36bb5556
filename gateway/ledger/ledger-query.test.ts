import assert from "node:assert/strict";
import { test } from "node:test";
import { firstPlaceSince, readCalls, type LedgerQuery } from "./ledger-query.ts";
import { memoryLedger, rowOf, startMs, subject } from "./memory-ledger-fixture.ts";

const all: LedgerQuery = {
  tenant: null,
  key: null,
  user: null,
  session: null,
  sinceMs: 0,
  after: null,
};

function setUp() {
  const { reader, add, mark } = memoryLedger();
  let pauses = 0;
  const pause = async (): Promise<void> => void (pauses += 1);
  const read = async (over: Partial<LedgerQuery> = {}) => {
    const found = [];
    for await (const calls of readCalls(reader, { ...all, ...over }, pause)) found.push(...calls);
    return found;
  };
  const ids = async (over: Partial<LedgerQuery> = {}): Promise<string[]> =>
    (await read(over)).map(({ rows }) => rows[0]?.id ?? "");
  return { reader, add, read, ids, mark, pause, pauses: () => pauses };
}

test("MON-14 rows come back as they were written, the response's first", async () => {
  const { add, read } = setUp();
  const failed = rowOf("a", { attempt: 1, subject: { ...subject, provider: "p0", region: null } });
  const served = rowOf("a", { attempt: 2, outcome: "ok", cause: null, firstTokenMs: 12.25 });
  add([failed, served, rowOf("a")]);
  assert.deepEqual(await read(), [{ place: 1, rows: [rowOf("a"), failed, served] }]);
});

test("MON-14 calls are found by tenant, key, user and session alone", async () => {
  const { add, ids } = setUp();
  add([rowOf("a")]);
  add([rowOf("b", { subject: { ...subject, tenant: "acme2" } })]);
  add([rowOf("c", { subject: { ...subject, key: "k2", user: null } })]);
  add([rowOf("d", { subject: { ...subject, session: "s1", user: "Anna" } })]);
  assert.deepEqual(await ids(), ["d", "c", "b", "a"]);
  assert.deepEqual(await ids({ tenant: "acme" }), ["d", "c", "a"]);
  assert.deepEqual(await ids({ key: "k2" }), ["c"]);
  assert.deepEqual(await ids({ user: "anna" }), ["b", "a"]);
  assert.deepEqual(await ids({ session: "s1" }), ["d"]);
  assert.deepEqual(await ids({ tenant: "acme2", key: "k2" }), []);
  assert.deepEqual(await ids({ user: "a%" }), []);
});

test("MON-14 calls are found by one of their tags as a whole, among others", async () => {
  const { add, ids } = setUp();
  add([rowOf("a")]);
  add([rowOf("b", { subject: { ...subject, tags: ["prod", "search"] } })]);
  add([rowOf("c", { subject: { ...subject, tenant: "acme2", tags: ["prod"] } })]);
  add([rowOf("d", { subject: { ...subject, choice: "prod", leftOutMessages: 3 } })]);
  assert.deepEqual(await ids({ tag: "prod" }), ["c", "b"]);
  assert.deepEqual(await ids({ tag: "search" }), ["b"]);
  assert.deepEqual(await ids({ tag: "prod", tenant: "acme" }), ["b"]);
  for (const tag of ["", "pro", "Prod", "%", '["prod"]', "acme"]) {
    assert.deepEqual(await ids({ tag }), [], tag);
  }
  assert.deepEqual(await ids({ tag: null }), ["d", "c", "b", "a"]);
});

test("MON-14 more calls than one read finds come once each, with pauses", async () => {
  const { add, ids, pauses } = setUp();
  const names = Array.from({ length: 2_345 }, (_, n) => `call-${n}`);
  for (const name of names) add([rowOf(name)]);
  assert.deepEqual(await ids(), names.toReversed());
  assert.equal(pauses(), 9);
  assert.deepEqual(await ids({ after: 3 }), ["call-1", "call-0"]);
  assert.deepEqual(await ids({ after: 1 }), []);
});

test("MON-14 what comes while somebody reads is not read", async () => {
  const { reader, add, pause } = setUp();
  for (let n = 0; n < 1_500; n++) add([rowOf(`call-${n}`)]);
  let count = 0;
  for await (const calls of readCalls(reader, all, pause)) {
    count += calls.length;
    add([rowOf(`late-${count}`)]);
  }
  assert.equal(count, 1_500);
});

test("MON-14 a range begins behind the last mark before it and leaves no call out", async () => {
  const { reader, add, ids, mark } = setUp();
  const minuteMs = 60_000;
  for (let n = 0; n < 10; n++) {
    add([rowOf(`call-${n}`, { timeMs: startMs + n * minuteMs })]);
    // What a crash closed has the time of its start, long before.
    if (n === 6) add([rowOf("recovered", { timeMs: startMs + minuteMs })]);
    mark(startMs + n * minuteMs);
  }
  const since = (n: number): Promise<string[]> => ids({ sinceMs: startMs + n * minuteMs });
  assert.deepEqual(await since(8), ["call-9", "call-8"]);
  assert.deepEqual(await ids({ sinceMs: startMs + 8 * minuteMs + 1 }), ["call-9"]);
  assert.deepEqual(await ids({ sinceMs: startMs + 5 * minuteMs - 1 }), [
    "call-9",
    "call-8",
    "call-7",
    "call-6",
    "call-5",
  ]);
  assert.equal((await ids({ sinceMs: startMs - 1 })).length, 11);
  assert.equal(firstPlaceSince(reader, startMs - 1), 1);
});

test("MON-14 a ledger that did not grow is not marked again", () => {
  const { reader, add, mark } = setUp();
  const marks = (): unknown => reader.get("SELECT count(*) AS n FROM ledger_marks")?.["n"];
  mark(1);
  assert.equal(marks(), 0);
  add([rowOf("a")]);
  mark(2);
  mark(3);
  assert.equal(marks(), 1);
  assert.equal(firstPlaceSince(reader, 3), 2);
});

test("MON-14 calls of a span end before its end, in whatever order they are stored", async () => {
  const { add, ids } = setUp();
  for (const [id, timeMs] of [
    ["before", startMs - 1],
    ["first", startMs],
    ["behind", startMs + 100],
    // A crash closes calls with the time of their start.
    ["closed late", startMs + 99],
  ] as const) {
    add([rowOf(id, { timeMs })]);
  }
  const span = { sinceMs: startMs, untilMs: startMs + 100 };
  assert.deepEqual(await ids(span), ["closed late", "first"]);
  assert.deepEqual(await ids({ ...span, untilMs: null }), ["closed late", "behind", "first"]);
});
