import { savedNanoUsd, Savings, type Saving } from "@sekisho/gateway/costing/savings.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { summarySurface } from "@sekisho/gateway/ledger/settlement.ts";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  parseSavingsQuery,
  type SavingLine,
  type SavingsView,
} from "@sekisho/wire/admin/savings.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import { askedSpan } from "../../views/asked-span.ts";
import type { AdminContext } from "../admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { answeringNames } from "../reading/answering-names.ts";
import { tenantAsked } from "../reach/tenant-reach.ts";

/** Of so many calls, the newest, the next ones are told. */
const mostCalls = 20_000;
/** So often the ledger is asked for a few hundred more, whosever calls they are. */
const mostReads = 400;

/**
 * `GET /admin/cost/savings?tenant=&range=&to=&input=&output=`: which calls of real usage would have
 * cost less with another model (MON-17).
 */
export async function getSavings(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { exchange, staff } = request;
  const { clock, costs, catalog } = context;
  const { range, to, ...asked } = parsed(parseSavingsQuery(exchange.head.query));
  const tenant = tenantAsked(staff, asked.tenant, context);
  const simple = { inputTokens: asked.inputTokens, outputTokens: asked.outputTokens };
  // One that has no price is refused before anything is read.
  if (to !== null) costs.calculate(to, { input: simple.inputTokens, output: simple.outputTokens });
  const nowMs = clock.wallMs();
  const { fromMs: sinceMs, untilMs } = askedSpan(range, nowMs);
  const found = new Savings(simple);
  const isSample = await readInto(found, { tenant, sinceMs, untilMs }, { request, context });
  const models = to === null ? answeringNames(catalog()) : [to];
  const body: SavingsView = {
    from: rfc3339(sinceMs),
    to: rfc3339(Math.min(nowMs, untilMs ?? nowMs)),
    calls: found.calls,
    isSample,
    simple,
    savings: found.among(models, costs).map(lineOf),
  };
  return { status: 200, body };
}

interface Whose {
  readonly tenant: string | null;
  readonly sinceMs: number;
  readonly untilMs: number | null;
}

/** Adds the newest calls; true where there may be more of them. */
async function readInto(
  found: Savings,
  whose: Whose,
  { request, context }: { readonly request: AdminRequest; readonly context: AdminContext },
): Promise<boolean> {
  using _place = context.exports.enter();
  const all = { ...whose, key: null, user: null, session: null, after: null };
  let reads = 0;
  for await (const calls of context.ledger.calls(all)) {
    for (const { rows } of calls) {
      const [response] = rows;
      if (response !== undefined && isTelling(response, whose)) found.add(paidCallOf(response));
    }
    reads += 1;
    const isEnough = found.calls >= mostCalls || reads >= mostReads;
    if (isEnough || request.exchange.isClosed) return true;
  }
  return false;
}

/** An answer that a model was paid for, not for the gateway's own ends, and that has words. */
function isTelling(
  { subject, usage, outcome, costNanoUsd }: LedgerRow,
  { tenant }: Whose,
): boolean {
  const isOwn = subject.surface === summarySurface;
  const isProbe = tenant === null && subject.tenant === probeTenant;
  const isPaid = outcome === "ok" && subject.given === undefined && costNanoUsd > 0;
  return isPaid && usage.output > 0 && !isOwn && !isProbe;
}

const paidCallOf = ({ subject: { tenant, alias }, usage, costNanoUsd }: LedgerRow) => ({
  tenant,
  alias,
  usage,
  costNanoUsd,
});

const permille = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number((part * 1_000n) / whole);

function lineOf(saving: Saving): SavingLine {
  const { tenant, alias, to, calls, simpleCalls, costNanoUsd } = saving;
  const saved = savedNanoUsd(saving);
  return {
    tenant,
    alias,
    to,
    calls,
    simpleCalls,
    simplePermille: permille(BigInt(simpleCalls), BigInt(calls)),
    costNanoUsd: nanoUsdJson(costNanoUsd),
    simpleCostNanoUsd: nanoUsdJson(saving.simpleCostNanoUsd),
    wouldCostNanoUsd: nanoUsdJson(saving.wouldCostNanoUsd),
    savedNanoUsd: nanoUsdJson(saved),
    savedPermille: permille(saved, costNanoUsd),
  };
}
