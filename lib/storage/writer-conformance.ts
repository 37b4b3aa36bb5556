import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "../telemetry/histogram.ts";
import {
  amounts,
  conformanceMaxWaiting,
  entry,
  fails,
  tags,
  total,
  type Check,
  type WriterHarness,
} from "./writer-harness.ts";
import { checkChains } from "./chain-conformance.ts";
import { checkInterleavings } from "./interleaving-conformance.ts";
import type { Passing, SqlValue, Write } from "./writer.ts";

const keep = (value: SqlValue): Write => ({
  sql: "INSERT INTO anything VALUES (?)",
  params: [value],
});

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** What every adapter of `Writer` promises. */
export const writerConformance = (
  name: string,
  makeHarness: () => Promise<WriterHarness>,
): void => {
  const check: Check = (title, run) => {
    void test(`${name}: ${title}`, async () => {
      await using harness = await makeHarness();
      await run(harness);
    });
  };
  checkCommits(check);
  checkConflicts(check);
  checkEnqueue(check);
  checkCertain(check);
  checkLogs(check);
  checkFolding(check);
  checkChains(check);
  checkBounds(check);
  checkEnd(check);
  void test(`${name}: any interleaving equals the calls one after another`, () =>
    checkInterleavings(makeHarness));
};

const checkCommits = (check: Check): void => {
  check("a resolved commit is visible, its writes in order", async (harness) => {
    await harness.settle(harness.writer.commit([entry(3), entry(1), entry(2)], "process"));
    assert.deepEqual(tags(harness.reader), [3, 1, 2]);
  });

  check("a commit of nothing resolves", async ({ writer, settle }) => {
    await settle(writer.commit([], "power"));
  });

  check("hundreds of commits at once, of both levels, keep their order", async (harness) => {
    const { writer, reader, settle } = harness;
    const commits = times(300, (n) =>
      writer.commit([entry(2 * n), entry(2 * n + 1)], n % 3 === 0 ? "power" : "process"),
    );
    await settle(Promise.all(commits));
    assert.deepEqual(
      tags(reader),
      times(600, (n) => n),
    );
  });

  check(
    "a commit made when another one resolves is as good",
    async ({ writer, reader, settle }) => {
      const chain = async (): Promise<void> => {
        for (let n = 0; n < 20; n++) await writer.commit([entry(n)], "process");
      };
      await settle(chain());
      assert.equal(tags(reader).length, 20);
    },
  );

  check("every kind of value comes back as it went", async ({ writer, reader, settle }) => {
    const view = Buffer.from("before-bytes-behind").subarray(7, 12);
    const values = [
      null,
      0,
      -1,
      2 ** 53 - 1,
      0.1,
      2n ** 60n,
      -(2n ** 63n),
      "",
      "漢字 😀\0'\"",
      view,
    ];
    await settle(writer.commit([...values, new Uint8Array(0)].map(keep), "process"));
    const rows = reader.all("SELECT value FROM anything ORDER BY rowid");
    const read = rows.map((row) => row["value"]);
    assert.deepEqual(read.slice(0, 9), values.slice(0, 9));
    assert.deepEqual(read.slice(9), [new Uint8Array(view), new Uint8Array(0)]);
  });

  check("more statement texts than are remembered", async ({ writer, reader, settle }) => {
    for (let round = 0; round < 3; round++) {
      const commits = times(500, (n) =>
        writer.commit(
          [{ sql: `INSERT INTO anything VALUES (${round * 500 + n})`, params: [] }],
          "process",
        ),
      );
      await settle(Promise.all(commits));
      await settle(writer.commit([entry(round)], "process"));
    }
    const sum = reader.get("SELECT count(*) AS n, sum(value) AS sum FROM anything");
    assert.deepEqual({ ...sum }, { n: 1_500, sum: (1_499 * 1_500) / 2 });
    assert.deepEqual(tags(reader), [0, 1, 2]);
  });
};

const checkConflicts = (check: Check): void => {
  check("a broken constraint undoes its commit whole and no other", async (harness) => {
    const { writer, reader, settle } = harness;
    const before = writer.commit([entry(1)], "process");
    const guilty = writer.commit([entry(2), entry(1), entry(3)], "power");
    const after = writer.commit([entry(4)], "process");
    const refused = assert.rejects(guilty, fails("storage_conflict"));
    await settle(Promise.all([before, refused, after]));
    assert.deepEqual(tags(reader), [1, 4]);
  });

  check("a conflict alone in its batch is one too", async ({ writer, reader, settle }) => {
    await settle(writer.commit([entry(1)], "process"));
    const guilty = writer.commit([entry(2), entry(1)], "process");
    await settle(assert.rejects(guilty, fails("storage_conflict")));
    assert.deepEqual(tags(reader), [1]);
  });

  check("a failure names the table and column, never the value", async ({ writer, settle }) => {
    await settle(writer.commit([entry(424_242)], "process"));
    const guilty = writer.commit([entry(424_242)], "process");
    await settle(
      assert.rejects(guilty, (error: Error) => {
        assert.match(error.message, /^Cannot commit 1 writes: .*entries\.tag/u);
        assert.equal(error.message.includes("424242"), false);
        return true;
      }),
    );
  });

  check("SQL that cannot run refuses its own commit", async ({ writer, reader, settle }) => {
    const innocent = writer.commit([entry(1)], "process");
    const noTable = writer.commit(
      [{ sql: "INSERT INTO nowhere VALUES (1)", params: [] }],
      "process",
    );
    const noSql = writer.commit([{ sql: "", params: [] }], "process");
    const tooMany = writer.commit([{ ...entry(2), params: [2, 3, 4] }], "process");
    const refusals = [noTable, noSql, tooMany].map((commit) =>
      assert.rejects(commit, fails("storage_unavailable")),
    );
    await settle(Promise.all([innocent, ...refusals]));
    await settle(writer.commit([entry(5)], "process"));
    assert.deepEqual(tags(reader), [1, 5]);
  });
};

const checkEnqueue = (check: Check): void => {
  check("enqueued writes leave within 20 ms", async ({ writer, reader, elapse, until }) => {
    writer.enqueue([entry(1)]);
    await elapse(10);
    writer.enqueue([entry(2)]);
    assert.deepEqual(tags(reader), []);
    await elapse(10);
    await until(() => tags(reader).length === 2);
    writer.enqueue([entry(3)]);
    await elapse(20);
    await until(() => tags(reader).length === 3);
  });

  check("enqueued writes keep their order, a commit does not wait for them", async (harness) => {
    const { writer, reader, settle, elapse, until } = harness;
    writer.enqueue([entry(1)]);
    writer.enqueue([]);
    const commit = writer.commit([entry(2)], "process");
    writer.enqueue([entry(3)]);
    await settle(commit);
    await elapse(20);
    await until(() => tags(reader).length === 3);
    assert.deepEqual(tags(reader), [2, 1, 3]);
  });

  check("1,024 enqueued writes do not wait", async ({ writer, reader, elapse, until }) => {
    for (let n = 0; n < 1_024; n++) writer.enqueue([entry(n)]);
    await elapse(0);
    await until(() => tags(reader).length === 1_024);
  });

  check("an enqueued conflict is reported lost, its neighbours are kept", async (harness) => {
    const { writer, reader, losses, settle } = harness;
    writer.enqueue([entry(1)]);
    writer.enqueue([entry(2), entry(1)]);
    writer.enqueue([entry(3)]);
    await settle(assert.rejects(writer.flush(), fails("storage_conflict")));
    assert.deepEqual(losses, [{ code: "storage_conflict", writes: 2 }]);
    assert.deepEqual(tags(reader), [1, 3]);
    await settle(writer.flush());
  });
};

const checkCertain = (check: Check): void => {
  check("certain commits resolve, are seen within 20 ms, in their order", async (harness) => {
    const { writer, reader, settle, elapse, until } = harness;
    const commits = times(40, (n) => writer.commit([{ ...entry(n), isCertain: true }], "process"));
    writer.enqueue([entry(40)]);
    await settle(Promise.all(commits));
    await elapse(20);
    await until(() => tags(reader).length === 41);
    assert.deepEqual(
      tags(reader).filter((tag) => tag < 40),
      times(40, (n) => n),
    );
  });

  check("a row that is made and removed again is not there", async (harness) => {
    const { writer, reader, settle } = harness;
    const passing = (n: number, is: Passing["is"]): Passing => ({ key: `${n}`, is });
    const kept = times(4, (n) => ({ ...entry(n), isCertain: true, passing: passing(n, "made") }));
    await settle(Promise.all(kept.map((write) => writer.commit([write], "process"))));
    const remove = { sql: "DELETE FROM entries WHERE tag = ?", params: [2] };
    writer.enqueue([entry(7), { ...remove, passing: passing(2, "removed") }]);
    await settle(writer.flush());
    assert.deepEqual(
      tags(reader).toSorted((a, b) => a - b),
      [0, 1, 3, 7],
    );
    writer.enqueue([{ ...remove, params: [0], passing: passing(0, "removed") }]);
    await settle(writer.flush());
    assert.equal(tags(reader).includes(0), false, "its maker left long ago");
  });

  check("closing finishes what has gone ahead", async ({ writer, reader, settle }) => {
    const commit = writer.commit([{ ...entry(1), isCertain: true }], "process");
    await settle(Promise.all([commit, writer.close()]));
    assert.deepEqual(tags(reader), [1]);
  });
};

const checkLogs = (check: Check): void => {
  check("what was kept in a log is in the database once it was taken over", async (harness) => {
    const { writer, reader, settle } = harness;
    const certain = (tag: number) => [{ ...entry(tag), isCertain: true }];
    await settle(writer.goAhead("second"));
    await settle(writer.commit(certain(1), "process"));
    await settle(writer.flush());
    assert.deepEqual(await settle(writer.takeOver("second")), 0);
    assert.deepEqual(tags(reader), [1]);
    await settle(writer.commit(certain(2), "process"));
    assert.deepEqual(tags(reader), [1, 2], "nothing goes ahead into a log that was taken");
    await settle(writer.goAhead("third"));
    await settle(writer.commit(certain(3), "process"));
    await settle(writer.flush());
    assert.deepEqual(tags(reader), [1, 2, 3]);
    assert.equal(await settle(writer.takeOver("nobody's")), 0);
  });

  check("from one log to the next, certain commits wait for the database", async (harness) => {
    const { writer, reader, settle } = harness;
    // The tag says which way it took.
    const certain = (tag: number): Write => ({
      ...entry(tag),
      isCertain: true,
      aheadSql: entry(tag).sql.replace("?", "100 + ?"),
    });
    await settle(writer.goAhead("second"));
    await settle(writer.commit([certain(1)], "process"));
    const changed = writer.goAhead("third");
    const between = writer.commit([certain(2)], "process");
    await settle(Promise.all([changed, between]));
    await settle(writer.commit([certain(3)], "process"));
    await settle(writer.flush());
    assert.deepEqual(
      tags(reader).toSorted((a, b) => a - b),
      [2, 101, 103],
    );
  });
};

const checkFolding = (check: Check): void => {
  check("folded sums and histograms equal the single ones", async (harness) => {
    const { writer, reader, settle } = harness;
    const values = times(200, (n) => n * n);
    const commits = values.map((value) =>
      writer.commit([total("a", value), total("b", 1)], "process"),
    );
    await settle(Promise.all(commits));
    await settle(writer.commit([total("a", 7)], "process"));
    const expected = new Histogram();
    for (const value of [...values, 7]) expected.record(value);
    assert.deepEqual(amounts(reader), { a: expected.sum, b: 200 });
    const spread = reader.get("SELECT spread FROM totals WHERE name = 'a'");
    assert.deepEqual(spread?.["spread"], expected.toBytes());
    const merged = reader.get("SELECT histogram_sum(spread) AS spread FROM totals");
    assert.ok(merged?.["spread"] instanceof Uint8Array);
    assert.equal(Histogram.fromBytes(merged["spread"]).count, 401);
  });

  check("what a refused commit would have added is not counted", async (harness) => {
    const { writer, reader, settle } = harness;
    await settle(writer.commit([entry(1)], "process"));
    const good = writer.commit([total("a", 1)], "process");
    const guilty = writer.commit([total("a", 10), entry(1)], "process");
    writer.enqueue([total("a", 100)]);
    const refused = assert.rejects(guilty, fails("storage_conflict"));
    await settle(Promise.all([good, refused, writer.flush()]));
    assert.deepEqual(amounts(reader), { a: 101 });
  });

  check("a malformed histogram refuses its own commit", async ({ writer, reader, settle }) => {
    const bad = { ...total("a", 5), params: ["a", 5, Uint8Array.of(9, 9)] };
    const first = writer.commit([total("a", 1)], "process");
    const guilty = writer.commit([bad], "process");
    const last = writer.commit([total("a", 2)], "process");
    const refused = assert.rejects(guilty, fails("storage_unavailable"));
    await settle(Promise.all([first, refused, last]));
    assert.deepEqual(amounts(reader), { a: 3 });
  });
};

const checkBounds = (check: Check): void => {
  check("commits beyond the limit are refused, enqueued writes at twice it", async (harness) => {
    const { writer, reader, losses, settle } = harness;
    const max = conformanceMaxWaiting;
    const accepted = writer.commit(times(max, entry), "process");
    const refused = assert.rejects(writer.commit([entry(-1)], "process"), (error: Error) => {
      assert.match(error.message, /Cannot commit 1 writes: 600 writes wait, 600 may/u);
      return fails("storage_unavailable")(error);
    });
    writer.enqueue(times(max, (n) => entry(max + n)));
    assert.equal(losses.length, 0);
    writer.enqueue([entry(-2), entry(-3)]);
    assert.deepEqual(losses, [{ code: "storage_unavailable", writes: 2 }]);
    await settle(Promise.all([accepted, refused]));
    await settle(writer.flush());
    assert.equal(tags(reader).length, 2 * max);
    await settle(writer.commit([entry(-4)], "process"));
  });
};

const checkEnd = (check: Check): void => {
  check("flush resolves when everything before it is durable", async (harness) => {
    const { writer, reader, settle } = harness;
    await settle(writer.flush());
    writer.enqueue([entry(1)]);
    const commit = writer.commit([entry(2)], "process");
    writer.enqueue([entry(3)]);
    await settle(writer.flush());
    assert.deepEqual(tags(reader), [2, 1, 3]);
    await commit;
  });

  check("close finishes what was accepted and refuses the rest", async (harness) => {
    const { writer, reader, losses, settle } = harness;
    const accepted = writer.commit([entry(1)], "process");
    writer.enqueue([entry(2)]);
    const closed = writer.close();
    const late = assert.rejects(writer.commit([entry(3)], "process"), fails("storage_unavailable"));
    writer.enqueue([entry(4)]);
    await settle(Promise.all([accepted, late, closed, writer.close()]));
    assert.deepEqual(tags(reader), [1, 2]);
    assert.deepEqual(losses, [{ code: "storage_unavailable", writes: 1 }]);
    await assert.rejects(writer.commit([entry(5)], "process"), fails("storage_unavailable"));
    await assert.rejects(writer.flush(), fails("storage_unavailable"));
    await settle(writer.close());
  });
};
