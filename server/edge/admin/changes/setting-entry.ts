import type { AuditEntry } from "../../../audit/audit-entry.ts";
import { auditDetails, type ValueChange } from "../../../audit/changed-value.ts";
import { parsePath, type ConfigPath } from "../../../config/config-path.ts";
import { Secret } from "../../../config/secret.ts";

/** The audit entry of a setting with what stood at its path before and what stands there now. */
export function settingEntry(entry: AuditEntry, change: ValueChange): AuditEntry {
  const path = parsePath(entry.object) ?? [];
  return { ...entry, details: auditDetails(change, path, isSecret) };
}

/** Of the options of a package nobody knows which are secrets: none of them is kept. */
const isSecret = (path: ConfigPath, value: unknown): boolean =>
  value instanceof Secret || (path[0] === "providers" && path[2] === "options");
