import type { LedgerCall } from "@sekisho/gateway/ledger/ledger-query.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseLedgerQuery,
  type LedgerFormat,
  type LedgerPage,
  type LedgerQueryView,
  type LedgerRowView,
  type LedgerViewName,
} from "@sekisho/wire/admin/ledger.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { PacedWriter } from "../answers/paced-writer.ts";
import { askedSpan } from "../views/asked-span.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { ledgerLines, ledgerRowView } from "./views/ledger-view.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

type AskedQuery = LedgerQueryView & { readonly view: LedgerViewName };

/**
 * `GET /admin/ledger?tenant=&key=&user=&session=&tag=&range=&view=&format=&after=&limit=`: single
 * rows, a page of them or all of them as a file (MON-14).
 */
export async function getLedger(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer | null> {
  const query = queryOf(request, context);
  if (query.format === null) return { status: 200, body: await pageOf(query, request, context) };
  await sendExport(request, { query, format: query.format, context });
  return null;
}

/** What a tenant's own people see is the tenant's view, however they ask. */
function queryOf({ exchange, staff }: AdminRequest, context: AdminContext): AskedQuery {
  const query = parsed(parseLedgerQuery(exchange.head.query));
  const tenant = tenantAsked(staff, query.tenant, context);
  const view = query.view ?? usualView(staff);
  if (staff.tenant === null || view === "tenant") return { ...query, tenant, view };
  const message = `Cannot show the operator's view of tenant ${tenant}: "view" may be tenant`;
  throw new Failure<Code>("forbidden", message, { param: "view" });
}

/** Of who asks for none. */
export const usualView = ({ tenant }: Staff): LedgerViewName =>
  tenant === null ? "operator" : "tenant";

function callsOf(
  { range, ...query }: AskedQuery,
  { ledger, clock }: AdminContext,
): AsyncIterable<readonly LedgerCall[]> {
  const { fromMs, untilMs } = askedSpan(range, clock.wallMs());
  return ledger.calls({ ...query, sinceMs: fromMs, untilMs });
}

async function pageOf(
  query: AskedQuery,
  { exchange }: AdminRequest,
  context: AdminContext,
): Promise<LedgerPage> {
  const found: LedgerCall[] = [];
  for await (const calls of callsOf(query, context)) {
    found.push(...calls);
    if (found.length > query.limit || exchange.isClosed) break;
  }
  const shown = found.slice(0, query.limit);
  const last = found.length > query.limit ? shown.at(-1) : undefined;
  return {
    rows: rowsShown(shown, query.view, context),
    next: last === undefined ? null : String(last.place),
  };
}

/** A tenant is charged for responses; attempts are the operator's (MON-15). */
export function rowsShown(
  calls: readonly Pick<LedgerCall, "rows">[],
  view: LedgerViewName,
  { feedback }: Pick<AdminContext, "feedback">,
): LedgerRowView[] {
  const rows = calls.flatMap((call) => call.rows);
  const said = feedback.ofCalls(rows.filter(({ attempt }) => attempt === 0).map(({ id }) => id));
  return rows
    .filter(({ attempt }) => view === "operator" || attempt === 0)
    .map((row) => ledgerRowView(row, said.get(row.id)));
}

interface Export {
  readonly query: AskedQuery;
  readonly format: LedgerFormat;
  readonly context: AdminContext;
}

async function sendExport(
  { exchange, isGood, requestId }: AdminRequest,
  { query, format, context }: Export,
): Promise<void> {
  using _place = context.exports.enter();
  const { contentType, head, line } = ledgerLines[format];
  const writer = new PacedWriter(exchange);
  exchange.start(200, headersOf(contentType, format, requestId));
  try {
    let isWanted = exchange.head.method !== "HEAD" && (await writer.write(head));
    if (isWanted) {
      for await (const calls of callsOf(query, context)) {
        const text = rowsShown(calls, query.view, context).map(line).join("");
        // Whoever is no administrator any more gets a file that is visibly cut.
        if (!isGood()) throw new Error("its reader is no administrator any more");
        isWanted = await writer.write(text);
        if (!isWanted) return;
      }
    }
    exchange.end();
  } catch (error) {
    context.failed(error, requestId);
    exchange.destroy();
  }
}

const headersOf = (contentType: string, format: LedgerFormat, requestId: string): string[] => [
  "content-type",
  contentType,
  "content-disposition",
  `attachment; filename="ledger.${format}"`,
  "cache-control",
  "no-store",
  "x-content-type-options",
  "nosniff",
  "x-sekisho-request-id",
  requestId,
];
