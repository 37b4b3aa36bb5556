import { join } from "node:path";
import { test } from "node:test";
import { carriageDoc } from "./carriage-doc.ts";

const file = join(import.meta.dirname, "../docs/carriage.md");

/** After a change of the table: `node --test --test-update-snapshots <this file>`. */
test("docs/carriage.md is what the table of carriage says", ({ assert }) => {
  assert.fileSnapshot(carriageDoc(), file, { serializers: [String] });
});
