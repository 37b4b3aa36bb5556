import { SystemClock } from "../../time/system-clock.ts";
import { migrateFile } from "../database/migrate.ts";

/** A process that migrates the file it is given and prints how many steps that took. */
const migrations = Array.from({ length: 20 }, (_, n) => ({
  number: n + 1,
  name: `table ${n}`,
  sql: `CREATE TABLE t${n} (n INTEGER)`,
}));

const count = migrateFile(process.argv[2] ?? "", migrations, new SystemClock());
process.stdout.write(`${count}\n`);
