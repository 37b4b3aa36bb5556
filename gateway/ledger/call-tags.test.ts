import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntentRow, RowSubject } from "./ledger.ts";
import { findCall } from "./find-call.ts";
import { memoryLedger, rowOf, startMs, subject } from "./memory-ledger-fixture.ts";
import { unknownRow } from "./settlement.ts";
import { SqliteLedger } from "./store/sqlite.ts";
import { rowsOfCall, storedCall } from "./stored-call.ts";
import { ledgerParts, verifyPart } from "./verify-ledger.ts";

const tags = ["prod", "search"];
const given = { kind: "hit", nanoUsd: 7, inputTokens: 3, outputTokens: 2 } as const;
const choice = "auto: fast";
const arm = { split: "ab", arm: "new", phase: 2 };

const subjects: readonly RowSubject[] = [
  subject,
  { ...subject, choice },
  { ...subject, leftOutMessages: 4 },
  { ...subject, choice, leftOutMessages: 4, given },
  { ...subject, given },
];

for (const [index, plain] of subjects.entries()) {
  test(`MON-14 tags stand in each row of their call, and nothing in others (${index})`, () => {
    const { add, reader } = memoryLedger();
    const tagged = { ...plain, tags };
    add([rowOf("a", { attempt: 1, subject: tagged }), rowOf("a", { subject: tagged })]);
    add([rowOf("b", { subject: plain })]);
    const stored = reader.all("SELECT * FROM calls ORDER BY place").map(rowsOfCall);
    assert.deepEqual(
      stored.map((rows) => rows.map((row) => row.subject)),
      [[tagged, tagged], [plain]],
    );
    const views = reader.all("SELECT DISTINCT choice, cached FROM ledger");
    const seen = { choice: plain.choice, cached: plain.given?.kind ?? null };
    assert.deepEqual(
      views.map((each) => ({ ...each })),
      [seen],
    );
  });
}

test("MON-14 a call without tags is stored as it was before there were any", () => {
  const [shared] = JSON.parse(storedCall([rowOf("a")], subject).about) as [unknown[]]; // ours
  assert.deepEqual(shared, ["acme", null, "k1", null, "openai.chat", "fast"]);
});

const intentOf = (over: Partial<IntentRow>): IntentRow => ({
  id: "a",
  timeMs: startMs,
  subject: { ...subject, tags },
  reserved: { nanoUsd: 50, inputTokens: 20, outputTokens: 10 },
  priceVersion: "book/line",
  accounts: [],
  ...over,
});

test("MON-14 a call has its tags while it is under way, and when its process died", () => {
  for (const over of [{}, { arm }, { subject: { ...subject, tags, leftOutMessages: 3 } }]) {
    const { reader, run } = memoryLedger();
    const ledger = new SqliteLedger(reader);
    run([ledger.intent(intentOf(over))]);
    const [open] = ledger.openIntents();
    assert.deepEqual(open, intentOf(over));
    run(ledger.terminal([unknownRow(open)]));
    const found = findCall(reader, "a");
    assert.equal(found?.state, "ended");
    assert.deepEqual(found.rows[0]?.subject.tags, tags);
  }
});

test("MON-14 tags are in what the chain hashes, behind calls of before as well", async () => {
  const { add, reader, tamper } = memoryLedger();
  const faults = () =>
    Promise.all(
      ledgerParts(reader).map(async (part) => {
        const verdict = await verifyPart(reader, part, () => Promise.resolve());
        return [verdict?.rows, verdict?.fault?.kind ?? null];
      }),
    );
  add([rowOf("a")]);
  add([rowOf("b", { subject: { ...subject, tags } })]);
  add([rowOf("c")]);
  assert.deepEqual(await faults(), [[3, null]]);
  tamper("UPDATE calls SET about = replace(about, 'prod', 'test') WHERE place = 2");
  assert.deepEqual(await faults(), [[1, "changed"]]);
});
