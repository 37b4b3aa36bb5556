import type { StandingClaim } from "@sekisho/gateway/idempotency/claims.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  parseClaimQuery,
  type ClaimPage,
  type ClaimView,
} from "@sekisho/wire/admin/idempotency.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/** `GET /admin/idempotency?tenant=&name=&after=&limit=`: which names are taken, newest first. */
export async function getIdempotency(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { tenant, name, after, limit } = parsed(parseClaimQuery(exchange.head.query));
  const found = context.idempotency.list({
    tenant: tenantAsked(staff, tenant, context),
    name,
    before: after?.slice("req_".length) ?? null,
    limit: limit + 1,
  });
  const page = found.slice(0, limit).map(viewOfClaim);
  const next = found.length > limit ? (page.at(-1)?.request ?? null) : null;
  const body: ClaimPage = { claims: page, next };
  return { status: 200, body };
}

export const viewOfClaim = (claim: StandingClaim): ClaimView => ({
  request: `req_${claim.callId}`,
  tenant: claim.tenant,
  surface: claim.surface,
  source: claim.source,
  name: claim.name,
  keyId: claim.keyId,
  createdAt: rfc3339(claim.createdMs),
  expiresAt: rfc3339(claim.expiresMs),
  state: claim.state,
  cause: claim.cause,
});
