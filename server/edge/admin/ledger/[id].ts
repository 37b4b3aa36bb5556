import type { FoundCall } from "@sekisho/gateway/ledger/find-call.ts";
import type { IntentRow } from "@sekisho/gateway/ledger/ledger.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { idBodyIn, idTimeMs } from "@sekisho/lib/ids/id-body.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { LedgerCallView, RunningCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { rowsShown, usualView } from "../ledger.ts";
import { isInReach } from "../reach/tenant-reach.ts";

const maxShownChars = 64;
const dayMs = 86_400_000;

/**
 * `GET /admin/ledger/{id}`: one call, by any id that its client was shown (MON-14). What is another
 * tenant's is not there, in the words for what is not there (SEC-8).
 */
export async function getLedgerCall(
  { parameters, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const asked = parameters["id"] ?? "";
  const id = idBodyIn(asked);
  if (id === null) throw noId(asked);
  const found = await context.ledger.find(id);
  if (found === null || !isInReach(staff, tenantOf(found))) throw noCall(id, context);
  const call = { id: `req_${id}`, startedAt: rfc3339(idTimeMs(id) ?? 0) };
  const body: LedgerCallView =
    found.state === "running"
      ? { ...call, ...runningView(found.intent) }
      : { ...call, state: "ended", rows: rowsShown([found], usualView(staff), context) };
  return { status: 200, body };
}

const tenantOf = (found: FoundCall): string | null =>
  (found.state === "running" ? found.intent : found.rows[0])?.subject.tenant ?? null;

const runningView = ({
  // What is given another call's answer has no intent.
  subject: { given: _none, tags = [], ...subject },
  reserved,
  priceVersion,
}: IntentRow): Omit<RunningCallView, "id" | "startedAt"> => ({
  state: "running",
  rows: [],
  ...subject,
  tags,
  reservedNanoUsd: reserved.nanoUsd,
  reservedInputTokens: reserved.inputTokens,
  reservedOutputTokens: reserved.outputTokens,
  priceVersion,
});

function noId(asked: string): Failure<Code> {
  const shown = asked.slice(0, maxShownChars);
  const why = "that is no id of ours; it stands in x-sekisho-request-id of the answer, as req_…";
  const message = `Cannot look up the call "${shown}": ${why}`;
  return new Failure<Code>("invalid_value", message, { param: "id" });
}

/** Nothing is told but what the id and the configuration say. */
function noCall(id: string, { config, clock }: AdminContext): Failure<Code> {
  const { keepDays } = config.config.ledger;
  const madeMs = idTimeMs(id) ?? 0;
  const why =
    keepDays !== null && madeMs < clock.wallMs() - keepDays * dayMs
      ? `it is of ${rfc3339(madeMs)}, and calls are kept for ${keepDays} days (ledger.keepDays)`
      : "what was refused before anything was sent has no row, and an answer that was given " +
        "again stands under its x-sekisho-first-request-id";
  return new Failure<Code>("not_found", `Cannot find call req_${id}: there is none; ${why}`);
}
