import type { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { ModelClient } from "./clients/model-client.ts";
import type { SimulatedExchange } from "./network/simulated-exchange.ts";
import type { PlannedCall } from "./checks/planned-call.ts";
import type { AliasPlan } from "./scenario/gateway-plan.ts";
import type { RequestPlan } from "./scenario/scenario.ts";

/** One client with all that the world knows of its exchange on the server's side. */
export interface WorldClient {
  readonly plan: RequestPlan;
  readonly alias: AliasPlan | null;
  readonly client: ModelClient;
  exchange: SimulatedExchange | null;
  log: EventLog<CanonicalEvent> | null;
  /** When the server took the head. */
  arrivedMs: number | null;
  /** When the last byte of the body was handed to the server. */
  bodyEndedMs: number | null;
  /** What its plan must hold; null until it is made. */
  planned: PlannedCall | null;
  /** When the server learnt that the client has left. */
  goneMs: number | null;
  /** The process died while the exchange was open, or none listened. */
  lostServer: boolean;
  wasDestroyed: boolean;
}

/** When the request's own deadline passes (RTE-10): it counts from the arrival of the head. */
export function deadlineOf({ plan, alias, arrivedMs }: WorldClient): number | null {
  if (arrivedMs === null || alias === null) return null;
  return arrivedMs + Math.min(plan.timeoutMs ?? Infinity, alias.totalMs);
}
