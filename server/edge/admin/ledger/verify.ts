import { Failure } from "@sekisho/lib/failure/failure.ts";
import { parseVerifyQuery, type LedgerVerdict } from "@sekisho/wire/admin/audit.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { noSuchPart } from "./no-such-part.ts";

/** `GET /admin/ledger/verify?part=`: seals and drops of days, or the calls of one part (MON-14). */
export async function verifyLedger(
  { exchange }: AdminRequest,
  { ledger, clock }: AdminContext,
): Promise<AdminAnswer> {
  const part = parsed(parseVerifyQuery(exchange.head.query));
  const parts = ledger.parts();
  const walked = part === null ? ledger.verifySeals() : await ledger.verifyPart(part);
  if (walked === null) {
    const message = noSuchPart(part ?? "", parts, clock.wallMs());
    throw new Failure<Code>("not_found", message, { param: "part" });
  }
  const chains = "chain" in walked ? [walked] : walked;
  const body: LedgerVerdict = { ok: chains.every(({ fault }) => fault === null), chains, parts };
  return { status: 200, body };
}
