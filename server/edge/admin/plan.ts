import { planCapacity } from "@sekisho/gateway/costing/capacity-plan.ts";
import { parsePlanRequest } from "@sekisho/wire/admin/plans.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";

/** `POST /admin/plan`: what a load costs, and what it asks of quotas and machines (MON-18). */
export async function postPlan(
  request: AdminRequest,
  { costs }: AdminContext,
): Promise<AdminAnswer> {
  const asked = parsed(parsePlanRequest((await jsonBody(request)) ?? {}));
  return { status: 200, body: planCapacity(asked, costs) };
}
