import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";
import { commanded } from "@sekisho/gateway/splits/split-change.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { parseSplitOrder, parseSplitQuery } from "@sekisho/wire/admin/splits.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { splitEntry } from "../../../audit/split-entry.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { nearestOf } from "../reach/nearest-of.ts";
import { splitView } from "../views/split-view.ts";

/** `GET /admin/splits/{name}?range=` */
export async function getSplit(
  { exchange, parameters }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const range = parsed(parseSplitQuery(exchange.head.query));
  const split = splitNamed(parameters["name"] ?? "", context);
  return { status: 200, body: splitView(split, range, context) };
}

/**
 * `POST /admin/splits/{name}` with `{"command": …}`: weights, a canary and its steps, a rollback.
 * It lasts over a restart, and wins over the file. With `phase`, what the administrator has seen,
 * 409 where somebody has changed the split since.
 */
export async function postSplit(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, parameters } = request;
  const { splits, audit } = context;
  const name = parameters["name"] ?? "";
  const { order, phase } = parsed(parseSplitOrder(await jsonBody(request)));
  const split = splitNamed(name, context);
  const row = await splits.change(
    split,
    (standing) => {
      checkSeen(name, phase, standing.state.phase);
      return commanded(standing, order);
    },
    {
      by,
      requestId,
      also: ({ event, arm }) => [audit.row(splitEntry({ split: name, event, arm }, request))],
    },
  );
  if (row !== null) audit.told(splitEntry(row, request));
  return { status: 200, body: splitView(split, "1h", context) };
}

/** Throws Failure `not_found`. */
function splitNamed(name: string, context: AdminContext): SplitChoice {
  const all = context.catalog().splits();
  const found = all.find(({ split }) => split === name);
  if (found !== undefined) return found;
  const hint = nearestOf(
    name,
    all.map(({ split }) => split),
  );
  const message = `Cannot find split "${name.slice(0, 200)}": no alias of that name is one${hint}`;
  throw new Failure<Code>("not_found", message);
}

function checkSeen(name: string, seen: number | null, phase: number): void {
  if (seen === null || seen === phase) return;
  const why = `it was changed since phase ${seen}, and is in phase ${phase} now`;
  throw new Failure<Code>("conflict", `Cannot change split "${name}": ${why}`);
}
