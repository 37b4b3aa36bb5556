import assert from "node:assert/strict";
import { test } from "node:test";
import { bookedTenantSql, isBookedTenant } from "./booked-tenant.ts";
import { memoryLedger, rowOf, startMs, subject } from "./memory-ledger-fixture.ts";

const dayMs = 86_400_000;

test("SEC-17 a tenant is known by its calls, on whatever day, also when they were dropped", () => {
  const { reader, add, tamper } = memoryLedger();
  assert.equal(isBookedTenant(reader, "acme"), false);
  for (let day = 0; day < 20; day++) {
    const tenant = day === 7 ? "seldom" : day === 19 ? "newest" : "acme";
    add([rowOf(`call-${day}`, { timeMs: startMs + day * dayMs, subject: { ...subject, tenant } })]);
  }
  tamper("DELETE FROM calls");
  const known = (tenant: string): boolean => isBookedTenant(reader, tenant);
  assert.deepEqual(["acme", "seldom", "newest"].map(known), [true, true, true]);
  assert.deepEqual(["", "ACME", "acme%", "acm", "nosuch"].map(known), [
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("SEC-17 who is unknown is found out by the key, day by day", () => {
  const { reader } = memoryLedger();
  const plan = reader.all(`EXPLAIN QUERY PLAN ${bookedTenantSql}`, ["nosuch"]);
  const steps = plan.map(({ detail }) => String(detail));
  const reads = steps.filter((step) => step.includes("day_rollups"));
  assert.ok(reads.length > 0, steps.join("\n"));
  assert.deepEqual(
    reads.filter((step) => !step.startsWith("SEARCH day_rollups")),
    [],
  );
  assert.ok(
    reads.some((step) => step.includes("(day=? AND tenant=?)")),
    steps.join("\n"),
  );
});
