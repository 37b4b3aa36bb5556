import type { Joins, OnceAsked } from "@sekisho/gateway/calls/once-calls.ts";
import { headOf } from "../edge/kept-answers/recorded-stream.ts";
import type { AskedCall } from "./asked-call.ts";

/** How a call is told from others; null where it is one of its own, whatever it says (STR-13). */
export function onceAsked(joins: Joins, { idempotencyKey }: AskedCall): OnceAsked | null {
  const name = joins.byName ? idempotencyKey : null;
  if (name === null && !joins.byContent) return null;
  return { name, headOf: (call) => headOf(call) };
}
