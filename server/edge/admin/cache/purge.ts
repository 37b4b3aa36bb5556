import type { PurgeSelector } from "@sekisho/gateway/cache/cache-store.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import { parseCachePurge, type CachePurgeView } from "@sekisho/wire/admin/cache.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { nearestOf } from "../reach/nearest-of.ts";
import { isInReach, tenantAsked, tenantInReach } from "../reach/tenant-reach.ts";
import { namesLeadingTo } from "./names-leading-to.ts";

/**
 * `POST /admin/cache/purge`: answers that are given to nobody any more, in any process. A name that
 * neither the gateway nor any kept answer has is refused: it is a mistake, and not yet a purge.
 */
export async function purgeCache(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, staff } = request;
  const order = parsed(parseCachePurge(await jsonBody(request)));
  const tenant = tenantInReach(staff, order.tenant);
  const { alias, keyId, key } = order;
  const named = { tenant, alias, keyId, key };
  checkNames(named, staff, context);
  const said = Object.entries(named).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  const object = said.length === 0 ? "all" : said.join(" ");
  await context.audit.record({ event: "admin.cache.purged", object, by, requestId });
  // What a choice or a split was answered by an alias is kept under the name that was asked for.
  const names = alias === null ? [null] : namesLeadingTo(alias, context.config.config.models);
  let purged = 0;
  for (const name of names) {
    purged += await context.cache.purge({ ...everybody, ...named, alias: name });
  }
  const body: CachePurgeView = { purged };
  return { status: 200, body };
}

type Named = Pick<PurgeSelector, "tenant" | "alias" | "keyId" | "key">;

const everybody: PurgeSelector = {
  tenant: null,
  alias: null,
  keyId: null,
  user: null,
  sessions: null,
  key: null,
};

/** Throws Failure `not_found`. What is no longer configured may have answers that are kept. */
function checkNames({ tenant, alias, keyId }: Named, staff: Staff, context: AdminContext): void {
  const { catalog, cache } = context;
  const reach = { ...everybody, tenant: staff.tenant };
  if (tenant !== null && !cache.holds({ ...reach, tenant })) tenantAsked(staff, tenant, context);
  if (alias !== null && !isServed(alias, catalog()) && !cache.holds({ ...reach, alias })) {
    throw unknown("alias", alias, nearestOf(alias, catalog().names()));
  }
  if (keyId !== null && !isKnownKey(keyId, staff, context) && !cache.holds({ ...reach, keyId })) {
    throw unknown("keyId", keyId, '; "sekisho keys list" has those that there are');
  }
}

const isServed = (
  alias: string,
  catalog: Pick<ReturnType<AdminContext["catalog"]>, "names" | "wildcards">,
): boolean =>
  catalog.names().includes(alias) ||
  catalog.wildcards().some((pattern) => matchesWildcard(pattern, alias));

/** One of another tenant is as good as none (SEC-8). */
function isKnownKey(keyId: string, staff: Staff, { keyring }: AdminContext): boolean {
  const record = keyring.find(keyId);
  return record !== undefined && isInReach(staff, record.grant.tenant);
}

const words = { alias: "alias", keyId: "key" } as const;

function unknown(param: keyof typeof words, name: string, hint: string): Failure<Code> {
  const which = `there is no ${words[param]} "${name.slice(0, 200)}"`;
  return new Failure<Code>("not_found", `Cannot purge kept answers: ${which}${hint}`, { param });
}
