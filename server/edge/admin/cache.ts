import type { GivenFigures } from "@sekisho/gateway/ledger/given-query.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  parseCacheQuery,
  type CacheFiguresView,
  type CacheView,
} from "@sekisho/wire/admin/cache.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import { spanOfUsage } from "../views/asked-span.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/** `GET /admin/cache?tenant=&range=`: what kept answers take, and what they have saved. */
export async function getCache(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { cache, usage, clock } = context;
  const { tenant: named, range } = parsed(parseCacheQuery(exchange.head.query));
  const tenant = tenantAsked(staff, named, context);
  const asked = { tenant, ...spanOfUsage(range, clock.wallMs()) };
  const given = cache.given(asked);
  const none = { without: null, team: null, key: null, agent: null };
  const isWhole = staff.tenant === null;
  const tenants = [...new Set(given.map((each) => each.tenant))];
  const groups = tenants.flatMap((each) => {
    const { groups: aliases } = usage({ ...none, ...asked, tenant: each, group: "alias" });
    const own = given.filter((one) => one.tenant === each);
    return [...new Set(own.map(({ alias }) => alias))].map((alias) => ({
      tenant: each,
      alias,
      figures: figuresOf(
        own.filter((one) => one.alias === alias),
        aliases.find(({ name }) => name === alias)?.figures.requests ?? 0,
      ),
    }));
  });
  const { totals, fromMs, toMs } = usage({ ...none, ...asked, group: null });
  const body: CacheView = {
    from: rfc3339(fromMs),
    to: rfc3339(toMs),
    memory: isWhole ? cache.held() : null,
    disk: isWhole ? cache.kept() : null,
    totals: figuresOf(given, totals.requests),
    groups: groups.sort((a, b) => moneyOf(b.figures) - moneyOf(a.figures)),
  };
  return { status: 200, body };
}

const moneyOf = ({ savedNanoUsd }: CacheFiguresView): number => Number(savedNanoUsd);

function figuresOf(given: readonly GivenFigures[], requests: number): CacheFiguresView {
  const counts = { hit: 0, shared: 0, semantic: 0 };
  let savedNanoUsd = 0n;
  let savedInputTokens = 0;
  let savedOutputTokens = 0;
  for (const each of given) {
    counts[each.kind] += each.answers;
    savedNanoUsd += each.nanoUsd;
    savedInputTokens += each.inputTokens;
    savedOutputTokens += each.outputTokens;
  }
  const answers = counts.hit + counts.shared + counts.semantic;
  return {
    requests,
    hits: counts.hit,
    shared: counts.shared,
    semantic: counts.semantic,
    hitRate: requests === 0 ? 0 : Math.min(1, answers / requests),
    savedNanoUsd: nanoUsdJson(savedNanoUsd),
    savedInputTokens,
    savedOutputTokens,
  };
}
