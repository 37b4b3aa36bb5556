import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { endedCallSql, findCall, openCallSql } from "./find-call.ts";
import type { IntentRow } from "./ledger.ts";
import { memoryLedger, rowOf, startMs, subject } from "./memory-ledger-fixture.ts";
import { SqliteLedger } from "./store/sqlite.ts";

const intent: IntentRow = {
  id: "b",
  timeMs: startMs,
  subject: { ...subject, choice: "auto: fast", leftOutMessages: 3 },
  reserved: { nanoUsd: 50, inputTokens: 20, outputTokens: 10 },
  priceVersion: "book/line",
  accounts: [{ account: "key:k1:day", windowStartMs: 5 }],
};

test("MON-14 a call is found by its id with all of its rows, the response's first", () => {
  const { reader, add } = memoryLedger();
  const failed = rowOf("b", { attempt: 1, latencyMs: 7 });
  const served = rowOf("b", { attempt: 2, outcome: "ok", cause: null });
  const response = rowOf("b", { outcome: "ok", cause: null, latencyMs: 60 });
  add([rowOf("a")], [failed, served, response], [rowOf("c")]);
  assert.deepEqual(findCall(reader, "b"), { state: "ended", rows: [response, failed, served] });
  for (const id of ["", "d", "B", "b%", "b "]) assert.equal(findCall(reader, id), null, id);
});

test("MON-10 a call under way is found by its intent, and by its rows once it has ended", () => {
  const { reader, run } = memoryLedger();
  const ledger = new SqliteLedger(reader);
  run([ledger.intent(intent)]);
  assert.deepEqual(findCall(reader, "b"), { state: "running", intent });
  run(ledger.terminal([rowOf("b")]));
  assert.deepEqual(findCall(reader, "b"), { state: "ended", rows: [rowOf("b")] });
});

test("MON-10 a call that ends between two looks is found all the same", () => {
  const { reader, run } = memoryLedger();
  const ledger = new SqliteLedger(reader);
  run([ledger.intent(intent)]);
  const slow: Reader = {
    ...reader,
    get(sql, params) {
      const row = reader.get(sql, params);
      if (sql === openCallSql || row !== undefined) return row;
      run(ledger.terminal([rowOf("b")]));
      return row;
    },
  };
  assert.deepEqual(findCall(slow, "b"), { state: "ended", rows: [rowOf("b")] });
});

test("MON-14 a look-up by id reads no other row", () => {
  const { reader } = memoryLedger();
  const planOf = (sql: string): readonly string[] =>
    reader.all(`EXPLAIN QUERY PLAN ${sql}`, ["b"]).map(({ detail }) => String(detail));
  assert.deepEqual(planOf(endedCallSql), [
    "SEARCH calls USING INDEX sqlite_autoindex_calls_1 (id=?)",
  ]);
  assert.deepEqual(planOf(openCallSql), ["SEARCH intents USING PRIMARY KEY (id=?)"]);
});
