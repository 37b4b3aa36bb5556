import { join } from "node:path";
import { test } from "node:test";
import { rolesDoc } from "./roles-doc.ts";

const file = join(import.meta.dirname, "../docs/operating/roles.md");

/** After a change of table or routes: `node --test --test-update-snapshots <this file>`. */
test("SEC-17 docs/operating/roles.md is what the table of permissions says", ({ assert }) => {
  assert.fileSnapshot(rolesDoc(), file, { serializers: [String] });
});
