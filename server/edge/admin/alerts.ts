import { parseAlertQuery, type AlertPage } from "@sekisho/wire/admin/alerts.ts";
import { alertView } from "../views/alert-view.ts";
import { askedSpan } from "../views/asked-span.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/**
 * `GET /admin/alerts?tenant=&scope=&range=&after=&limit=`: what was told of budgets (MON-12), the
 * newest first. Who is bound to a tenant sees its alerts alone.
 */
export async function getAlerts(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const query = parsed(parseAlertQuery(exchange.head.query));
  const { scope, range, after, limit } = query;
  const tenant = tenantAsked(staff, query.tenant, context);
  const { fromMs: sinceMs, untilMs } = askedSpan(range, context.clock.wallMs());
  const found = context.alerts({ tenant, scope, sinceMs, untilMs, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const body: AlertPage = {
    alerts: page.map(alertView),
    next: last === undefined ? null : String(last.place),
  };
  return { status: 200, body };
}
