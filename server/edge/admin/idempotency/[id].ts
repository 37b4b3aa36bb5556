import type { StandingClaim } from "@sekisho/gateway/idempotency/claims.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { idBodyIn } from "@sekisho/lib/ids/id-body.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { viewOfClaim } from "../idempotency.ts";
import { isInReach } from "../reach/tenant-reach.ts";

/** `GET /admin/idempotency/{id}`: the name that stands for this call. */
export async function getClaim(request: AdminRequest, context: AdminContext): Promise<AdminAnswer> {
  return { status: 200, body: viewOfClaim(claimIn(request, context)) };
}

/**
 * `DELETE /admin/idempotency/{id}`: the next request of the name is a new call. One under way is
 * not forgotten: its answer may still come.
 */
export async function forgetClaim(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const claim = claimIn(request, context);
  const object = `req_${claim.callId}`;
  if (claim.state === "running") {
    throw new Failure<Code>("conflict", `Cannot forget the key of ${object}: it is under way`);
  }
  const { by, requestId } = request;
  const entry = { event: "admin.idempotency.forgotten", object, by, requestId } as const;
  const writes = [context.idempotency.forget(claim.callId), context.audit.row(entry)];
  await context.writer.commit(writes, "power");
  context.audit.told(entry);
  return { status: 200, body: viewOfClaim({ ...claim, state: "free" }) };
}

function claimIn(
  { parameters: { id = "" }, staff }: AdminRequest,
  { idempotency }: AdminContext,
): StandingClaim {
  const body = idBodyIn(id);
  const claim = body === null ? null : idempotency.find(body);
  if (claim !== null && isInReach(staff, claim.tenant)) return claim;
  const message = `Cannot find the key of the call "${id.slice(0, 64)}": there is none`;
  throw new Failure<Code>("not_found", message);
}
