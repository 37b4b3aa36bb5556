import type { CircuitList } from "@sekisho/wire/admin/circuits.ts";
import { serviceStatuses } from "../service-status.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** Every circuit, what is drained, and the latest changes (RTE-19). */
export const circuitList = ({
  circuits,
  config,
  clock,
}: Pick<AdminContext, "circuits" | "config" | "clock">): CircuitList => {
  const all = circuits.health.circuits(clock.monotonicMs());
  return {
    circuits: all,
    services: serviceStatuses(all),
    drained: config.config.drained,
    changes: circuits.changes.latest,
  };
};

/** `GET /admin/circuits` */
export async function getCircuits(
  _request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  return { status: 200, body: circuitList(context) };
}
