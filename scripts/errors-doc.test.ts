import { join } from "node:path";
import { test } from "node:test";
import { errorsDoc } from "./errors-doc.ts";

const file = join(import.meta.dirname, "../docs/errors.md");

/** After a change of the table: `node --test --test-update-snapshots <this file>`. */
test("docs/errors.md is what the table of codes says", ({ assert }) => {
  assert.fileSnapshot(errorsDoc(), file, { serializers: [String] });
});
