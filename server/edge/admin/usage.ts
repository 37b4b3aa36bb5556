import type { SourceQuery, SourceReport } from "@sekisho/gateway/ledger/source-query.ts";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseUsageQuery, type UsageView } from "@sekisho/wire/admin/usage.ts";
import { spanOfUsage } from "../views/asked-span.ts";
import { usageFiguresView } from "../views/usage-figures-view.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/** `GET /admin/usage?tenant=&team=&key=&agent=&range=&group=` (MON-14) */
export async function getUsage(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { range, group, ...asked } = parsed(parseUsageQuery(exchange.head.query));
  const tenant = tenantAsked(staff, asked.tenant, context);
  // Clients did not cause what probes cost.
  const without = tenant === null && asked.key === null ? probeTenant : null;
  const query = { ...asked, tenant, without, ...spanOfUsage(range, context.clock.wallMs()) };
  const report =
    group === "source"
      ? await bySource(query, exchange, context)
      : { ...context.usage({ ...query, group }), unpriced: null };
  const body: UsageView = {
    from: rfc3339(report.fromMs),
    to: rfc3339(report.toMs),
    group,
    without,
    totals: usageFiguresView(report.totals),
    groups: report.groups.map(({ name, figures }) => ({
      name,
      figures: usageFiguresView(figures),
    })),
    unpriced: report.unpriced,
  };
  return { status: 200, body };
}

/** Takes as much of the thread that serves calls as an export does. */
async function bySource(
  query: SourceQuery,
  exchange: AdminRequest["exchange"],
  { ledger, exports }: Pick<AdminContext, "ledger" | "exports">,
): Promise<SourceReport> {
  using _place = exports.enter();
  return await ledger.bySource(query, () => !exchange.isClosed);
}
