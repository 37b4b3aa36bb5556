import type { KeyRecord } from "@sekisho/gateway/identity/key-record.ts";
import type { KeyChange } from "@sekisho/gateway/identity/keys.ts";
import type { AuditEntry } from "../../../audit/audit-entry.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminRequest } from "../admin-request.ts";

/** After these the raw key that stands in the first-run file opens nothing. */
const endsSecret: ReadonlySet<string> = new Set(["admin.key.rotated", "admin.key.revoked"]);

/** Makes a decided change of a key durable together with its audit row, then effective. */
export async function changeKey(
  change: KeyChange,
  event: AuditEntry["event"],
  { request, context }: { readonly request: AdminRequest; readonly context: AdminContext },
): Promise<KeyRecord> {
  const { by, requestId } = request;
  const entry = { event, object: change.keyId, by, requestId };
  await context.writer.commit([...change.writes, context.audit.row(entry)], "power");
  context.audit.told(entry);
  const record = change.apply();
  if (record.origin === "first-run" && endsSecret.has(event)) {
    forget(change.keyId, { context, requestId });
  }
  return record;
}

/** The change stands whatever becomes of the file: the next start drops a dead key from it. */
const forget = (
  keyId: string,
  { context, requestId }: { readonly context: AdminContext; readonly requestId: string },
): void => {
  try {
    context.firstRun.forget(keyId);
  } catch (error) {
    context.failed(error, requestId);
  }
};
