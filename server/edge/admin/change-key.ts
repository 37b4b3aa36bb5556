import type { KeyRecord } from "@sekisho/gateway/identity/key-record.ts";
import type { KeyChange } from "@sekisho/gateway/identity/keys.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminRequest } from "./admin-request.ts";

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
  if (record.origin === "first-run" && event !== "admin.key.created") {
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
