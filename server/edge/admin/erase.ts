import { parseErasureOrder, type ErasureView } from "@sekisho/wire/admin/erasure.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/**
 * `POST /admin/erase` with `{"tenant": …, "user": …}` or `{"tenant": …, "session": …}`: the name
 * gives way to a pseudonym. Neither the audit log nor the log learns the name.
 */
export async function postErase(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, staff } = request;
  const { ids, audit, ledger } = context;
  const order = parsed(parseErasureOrder(await jsonBody(request)));
  tenantAsked(staff, order.tenant, context);
  const pseudonym = `erased_${ids.newBody()}`;
  await audit.record({ event: "admin.person.erased", object: pseudonym, by, requestId });
  const { calls, sessions } = await ledger.erase({ ...order, pseudonym });
  const body: ErasureView = { pseudonym, calls, sessions: sessions.size };
  return { status: 200, body };
}
