import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseUsageQuery, type UsageView } from "@sekisho/wire/admin/usage.ts";
import { usageFiguresView } from "../views/usage-figures-view.ts";
import type { AdminContext } from "./admin-context.ts";
import { askedSpan } from "./asked-span.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./tenant-reach.ts";

/** `GET /admin/usage?tenant=&team=&key=&agent=&range=&group=` (MON-14) */
export async function getUsage(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { usage, clock } = context;
  const { range, ...asked } = parsed(parseUsageQuery(exchange.head.query));
  const query = { ...asked, tenant: tenantAsked(staff, asked.tenant, context) };
  // Clients did not cause what probes cost.
  const without = query.tenant === null && query.key === null ? probeTenant : null;
  const nowMs = clock.wallMs();
  const { fromMs, untilMs } = askedSpan(range, nowMs);
  const report = usage({ ...query, without, rangeMs: nowMs - fromMs, nowMs, untilMs });
  const body: UsageView = {
    from: rfc3339(report.fromMs),
    to: rfc3339(report.toMs),
    group: query.group,
    without,
    totals: usageFiguresView(report.totals),
    groups: report.groups.map(({ name, figures }) => ({
      name,
      figures: usageFiguresView(figures),
    })),
  };
  return { status: 200, body };
}
