import type { ChainVerdict } from "@sekisho/wire/admin/audit.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";

/** `GET /admin/audit/verify`: walks the chain of every writer (SEC-11). */
export async function verifyAudit(
  _request: AdminRequest,
  { auditLog }: AdminContext,
): Promise<AdminAnswer> {
  const chains = await auditLog.verify();
  const body: ChainVerdict = { ok: chains.every(({ fault }) => fault === null), chains };
  return { status: 200, body };
}
