import { parseSplitQuery, type SplitList } from "@sekisho/wire/admin/splits.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { splitView } from "./views/split-view.ts";

/** `GET /admin/splits?range=`: every split with its arms and their figures (RTE-4). */
export async function getSplits(
  { exchange }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const range = parsed(parseSplitQuery(exchange.head.query));
  const all = context.catalog().splits();
  const splits = all.map((split) => splitView(split, range, context));
  return { status: 200, body: { splits } satisfies SplitList };
}
