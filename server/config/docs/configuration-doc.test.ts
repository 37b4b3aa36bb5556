import { join } from "node:path";
import { test } from "node:test";
import { configurationDoc } from "./configuration-doc.ts";

const file = join(import.meta.dirname, "../../../docs/operating/configuration.md");

/** After a change of the schema: `node --test --test-update-snapshots <this file>`. */
test("docs/operating/configuration.md is what the schema says", ({ assert }) => {
  assert.fileSnapshot(configurationDoc(), file, { serializers: [String] });
});
