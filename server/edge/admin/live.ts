import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** `GET /admin/live`: server-sent events, one a second until the client leaves (CON-1). */
export async function getLive(
  { exchange, isGood }: AdminRequest,
  { live }: AdminContext,
): Promise<AdminAnswer | null> {
  if (exchange.head.method === "HEAD") return { status: 200, body: {} };
  live.watch(exchange, isGood);
  return null;
}
