import { hexOf } from "@sekisho/lib/storage/chains/chain-hash.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseAuditQuery, type AuditPage, type AuditRowView } from "@sekisho/wire/admin/audit.ts";
import type { AuditRow } from "../../audit/audit-store.ts";
import { askedSpan } from "../views/asked-span.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";

/** `GET /admin/audit?event=&object=&by=&range=&after=&limit=`: who changed what, newest first. */
export async function getAudit(
  { exchange }: AdminRequest,
  { auditLog, clock }: AdminContext,
): Promise<AdminAnswer> {
  const { range, limit, ...query } = parsed(parseAuditQuery(exchange.head.query));
  const { fromMs, untilMs } = askedSpan(range, clock.wallMs());
  const rows = auditLog.list({ ...query, sinceMs: fromMs, untilMs, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const body: AuditPage = {
    rows: page.map(viewOf),
    next: last === undefined ? null : String(last.place),
  };
  return { status: 200, body };
}

const viewOf = ({ place: _place, atMs, hash, details, ...row }: AuditRow): AuditRowView => ({
  time: rfc3339(atMs),
  ...row,
  before: details?.before ?? null,
  after: details?.after ?? null,
  hash: hexOf(hash),
});
