import type { CircuitList } from "@sekisho/wire/admin/circuits.ts";
import { serviceStatuses } from "../views/service-status.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** Every circuit, what is drained, and the latest changes (RTE-19). */
export const circuitList = async ({
  circuits: source,
  config,
}: Pick<AdminContext, "circuits" | "config">): Promise<CircuitList> => {
  const { circuits, changes } = await source.ofAll();
  const { drained } = config.config;
  return { circuits, services: serviceStatuses(circuits), drained, changes };
};

/** `GET /admin/circuits` */
export async function getCircuits(
  _request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  return { status: 200, body: await circuitList(context) };
}
