import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { UsageQuery, UsageReport } from "@sekisho/gateway/ledger/usage-query.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  parseClientUsageQuery,
  type ClientUsageQuery,
  type ClientUsageView,
} from "@sekisho/wire/admin/client-usage.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { answerClient, type ClientQueryPorts } from "../exchanges/client-query.ts";
import { spanOfUsage } from "../views/asked-span.ts";
import { usageFiguresView } from "../views/usage-figures-view.ts";

export interface UsagePorts extends ClientQueryPorts {
  readonly usage: (query: UsageQuery) => UsageReport;
  readonly clock: Clock;
}

/**
 * `GET /v1/usage?range=&group=&key=&tenant=`: what a key has used, another key of its tenant, or
 * the tenant.
 */
export function getUsage(exchange: Exchange, ports: UsagePorts): void {
  answerClient(exchange, ports, (principal) => viewOf(exchange.head.query, principal, ports));
}

function viewOf(text: string, principal: Principal, ports: UsagePorts): ClientUsageView {
  if (principal.bound !== undefined) {
    const why = "a token is told of its own budget alone: GET /v1/budget";
    throw new Failure<Code>("forbidden", `Cannot show usage: ${why}`);
  }
  const read = parseClientUsageQuery(text);
  if (!read.ok) {
    const details = read.path === null ? {} : { param: read.path };
    throw new Failure<Code>(read.code, read.message, details);
  }
  const { range, group } = read.value;
  const { tenant } = principal;
  const key = keyOf(read.value, principal, ports.keyring);
  const filter = { tenant, key, team: null, agent: null, without: null };
  const span = spanOfUsage(range, ports.clock.wallMs());
  const report = ports.usage({ ...filter, group, ...span });
  return {
    from: rfc3339(report.fromMs),
    to: rfc3339(report.toMs),
    tenant,
    key,
    group,
    totals: usageFiguresView(report.totals),
    groups: report.groups.map(({ name, figures }) => ({
      name,
      figures: usageFiguresView(figures),
    })),
  };
}

/** Null: all keys of the tenant. What is another tenant's is not there (SEC-8). */
function keyOf(
  { tenant, key }: ClientUsageQuery,
  principal: Principal,
  keyring: Pick<Keyring, "find">,
): string | null {
  if (tenant !== null && tenant !== principal.tenant) throw unknown("tenant", tenant);
  if (key === null) return tenant === null ? principal.keyId : null;
  if (key === principal.keyId) return key;
  if (keyring.find(key)?.grant.tenant !== principal.tenant) throw unknown("key", key);
  return key;
}

const unknown = (param: "tenant" | "key", name: string): Failure<Code> =>
  new Failure<Code>("not_found", `Cannot show usage: there is no ${param} "${name}"`, { param });
