import assert from "node:assert/strict";
import { storedHash } from "./chains/chain-hash.ts";
import { ChainWalk } from "./chains/chain-walk.ts";
import type { Reader } from "./reader.ts";

import { entry, type Check } from "./writer-harness.ts";
import type { SqlValue, Write } from "./writer.ts";

/** A row that is chained, but for its note, and conflicts with another one of its name. */
const link = (name: string, n: SqlValue = null): Write => ({
  sql: "INSERT INTO links (name, n, note, hash) VALUES (?, ?, ?, x'')",
  params: [name, n, "a note"],
  chain: {
    values: 2,
    rowSql: "(?, ?, ?, x'')",
    headSql: "SELECT hash FROM links ORDER BY place DESC LIMIT 1",
    sealSql: "UPDATE links SET hash = ? WHERE place = (SELECT max(place) FROM links)",
  },
});

/** The names of links, with a bar behind each that has a hash. Throws where one does not fit. */
const chainedNames = (reader: Reader): string => {
  const walk = new ChainWalk(() => null);
  const names = reader.all("SELECT * FROM links ORDER BY place").map((row) => {
    const hash = storedHash(row["hash"]);
    const n = row["n"] === null ? null : Number(row["n"]);
    const values = [String(row["name"]), n];
    const fault = walk.next({ seq: Number(row["place"]), previous: null, hash, values });
    if (fault !== null) throw new Error(`${fault.kind} at ${fault.seq}`);
    return `${values[0]}${hash.length === 0 ? "" : "|"}`;
  });
  if (walk.finish(walk.head) !== null) throw new Error("rows without a hash");
  return names.join("");
};

/** What every adapter promises of rows that are chained (`RowChain`). */
export const checkChains = (check: Check): void => {
  check("rows of one transaction share a hash, which the last of them has", async (harness) => {
    const { writer, reader, settle } = harness;
    await settle(writer.commit([link("a", 1), entry(1), link("b"), link("c", 0.5 * 4)], "process"));
    await settle(writer.commit([entry(2)], "process"));
    await settle(writer.commit([link("d")], "power"));
    writer.enqueue([link("e")]);
    writer.enqueue([link("漢字", -7)]);
    await settle(writer.flush());
    assert.equal(chainedNames(reader), "abc|d|e漢字|");
  });

  check("many rows of one transaction, in their order", async ({ writer, reader, settle }) => {
    const names = Array.from({ length: 50 }, (_, n) => String.fromCodePoint(0x100 + n));
    const links = names.map((name, n) => link(name, n));
    const guilty = assert.rejects(writer.commit([...links, link("a"), link("a")], "process"));
    await settle(guilty);
    assert.equal(chainedNames(reader), "");
    await settle(writer.commit([link("a"), ...links.slice(0, 33), entry(1)], "process"));
    await settle(writer.commit([...links.slice(33), link("b")], "process"));
    assert.equal(
      chainedNames(reader),
      `a${names.slice(0, 33).join("")}|${names.slice(33).join("")}b|`,
    );
    const notes = reader.get("SELECT count(*) AS n FROM links WHERE note = 'a note'");
    assert.equal(notes?.["n"], 52);
  });

  check("rows of refused commits are in no hash", async ({ writer, reader, settle }) => {
    const refuse = async (writes: Write[]): Promise<void> =>
      assert.rejects(writer.commit(writes, "process"));
    const first = refuse([link("x"), link("x")]);
    const good = writer.commit([link("a"), link("b")], "process");
    const conflict = refuse([link("c"), link("a")]);
    const alone = writer.commit([link("c", 2)], "process");
    const bytes = refuse([link("y"), link("z", new Uint8Array(3))]);
    await settle(Promise.all([first, good, conflict, alone, bytes]));
    assert.equal(chainedNames(reader), "abc|");
    await settle(refuse([link("x"), link("a")]));
    await settle(writer.commit([link("d")], "process"));
    assert.equal(chainedNames(reader), "abc|d|");
  });
};
