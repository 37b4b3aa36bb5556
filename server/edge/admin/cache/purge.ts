import { parseCachePurge, type CachePurgeView } from "@sekisho/wire/admin/cache.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { tenantAsked } from "../tenant-reach.ts";

/** `POST /admin/cache/purge`: answers that are given to nobody any more, in any process. */
export async function purgeCache(
  request: AdminRequest,
  { audit, cache }: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, staff } = request;
  const order = parsed(parseCachePurge(await jsonBody(request)));
  const tenant = tenantAsked(staff, order.tenant);
  const { alias, keyId, key } = order;
  const said = Object.entries({ tenant, alias, keyId, key }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  const object = said.length === 0 ? "all" : said.join(" ");
  await audit.record({ event: "admin.cache.purged", object, by, requestId });
  const purged = await cache.purge({ tenant, alias, keyId, key, user: null, sessions: null });
  const body: CachePurgeView = { purged };
  return { status: 200, body };
}
