import assert from "node:assert/strict";
import { test } from "node:test";
import type { Parsed } from "../result.ts";
import { parseAuditQuery } from "./audit.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { parseCacheQuery } from "./cache.ts";
import { parseClientUsageQuery } from "./client-usage.ts";
import { parseLedgerQuery } from "./ledger.ts";
import { parseSavingsQuery } from "./savings.ts";
import { parseUsageQuery } from "./usage.ts";

type Asked = Parsed<{ readonly range: string | CalendarRange }, "invalid_value">;

const short = "1h, 24h, 7d, 30d";

/** Every query that has a range, what it is without one, and its names. */
const readers: Readonly<
  Record<string, readonly [read: (query: string) => Asked, usual: string, names: string]>
> = {
  "GET /admin/usage": [parseUsageQuery, "24h", short],
  "GET /v1/usage": [parseClientUsageQuery, "24h", short],
  "GET /admin/cache": [parseCacheQuery, "24h", short],
  "GET /admin/cost/savings": [parseSavingsQuery, "7d", short],
  "GET /admin/ledger": [parseLedgerQuery, "24h", `${short}, all`],
  "GET /admin/audit": [parseAuditQuery, "all", `${short}, all`],
};

for (const [where, [read, usual, names]] of Object.entries(readers)) {
  test(`MON-14 ${where} takes every range by its name, a month and a day of UTC`, () => {
    const rangeOf = (query: string) => {
      const asked = read(query);
      return asked.ok ? asked.value.range : asked.message;
    };
    assert.equal(rangeOf(""), usual);
    for (const name of names.split(", ")) assert.equal(rangeOf(`range=${name}`), name);
    for (const calendar of ["2026-11", "2026-11-21"]) {
      assert.deepEqual(rangeOf(`range=${calendar}`), { calendar });
    }
    const must = `must be one of ${names}, a month such as 2026-11, or a day such as 2026-11-21`;
    for (const wrong of ["5h", "", "2026", "2026-1", "all-of-it", "toString"]) {
      assert.equal(rangeOf(`range=${wrong}`), `Cannot read the query: range ${must}`, wrong);
    }
  });
}
