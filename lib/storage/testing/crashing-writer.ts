import { SystemClock } from "../../time/system-clock.ts";
import { aheadMigrations, ownLog } from "../ahead/ahead-log.ts";
import { migrateFile } from "../database/migrate.ts";
import { SqliteWriter } from "../writer-thread/sqlite-writer.ts";

/**
 * A process that commits pairs of rows and prints the number of each pair once it is
 * acknowledged: `node crashing-writer.ts <file> <crashAt> [ahead | heir]`. It ends by printing how
 * many steps towards durability it took, unless it was killed at one of them. With `ahead` its
 * commits are certain and go ahead of the database; with `heir` it takes over what such a process
 * has left, and commits nothing.
 */
const [path = "", crashAt = "0", mode] = process.argv.slice(2);
const clock = new SystemClock();

migrateFile(
  path,
  [
    ...aheadMigrations,
    {
      number: 100,
      name: "pairs",
      sql: "CREATE TABLE pairs (n INTEGER, half TEXT, PRIMARY KEY (n, half))",
    },
  ],
  clock,
);
const isCertain = mode === "ahead";
const writer = await SqliteWriter.open({
  path,
  clock,
  crashAt: Number(crashAt),
  onLoss: (failure) => {
    throw failure;
  },
});
if (isCertain) await writer.goAhead(ownLog);
if (mode === "heir") process.stdout.write(`lost ${await writer.takeOver(ownLog)}\n`);
for (let n = 0; n < (mode === "heir" ? 0 : 3); n++) {
  const sql = "INSERT INTO pairs VALUES (?, ?)";
  const halves = ["left", "right"].map((half) => ({ sql, params: [n, half], isCertain }));
  await writer.commit(halves, n === 1 && !isCertain ? "power" : "process");
  process.stdout.write(`acknowledged ${n}\n`);
}
await writer.close();
process.stdout.write(`steps ${writer.stepsPassed}\n`);
