import type { KeyRecord } from "@sekisho/gateway/identity/key-record.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { usualBudgetStatus } from "@sekisho/wire/budget-status.ts";
import type { KeyView } from "@sekisho/wire/admin/keys.ts";

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

/** A key as administrators see it: no hash, no secret. */
export const viewOfKey = (
  record: KeyRecord,
  { keyring }: { readonly keyring: Pick<Keyring, "uses"> },
): KeyView => ({
  id: record.id,
  tenant: record.grant.tenant,
  team: record.grant.team,
  role: record.grant.role,
  name: record.name,
  models: record.grant.models,
  surfaces: record.grant.surfaces,
  criticality: record.grant.criticality,
  requestBudget: record.grant.requestBudget,
  streamGraceMs: record.grant.streamGraceMs,
  budgetStatus: record.grant.budgetStatus ?? usualBudgetStatus,
  tags: record.grant.tags ?? [],
  origin: record.origin,
  createdAt: timeOrNull(record.createdMs),
  rotatedAt: timeOrNull(record.rotatedMs),
  previousUntil: timeOrNull(record.previous?.untilMs ?? null),
  lastUsedAt: timeOrNull(keyring.uses.lastMs(record.id)),
  revokedAt: timeOrNull(record.revokedMs),
  addresses: record.limits.addresses,
  expiresAt: timeOrNull(record.limits.expiresMs),
  origins: record.limits.origins,
  accessKeyId: record.secret.pair?.accessKeyId ?? null,
});
