import { Failure } from "@sekisho/lib/failure/failure.ts";
import { parseCircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { circuitList } from "../circuits.ts";
import { nearestOf } from "../reach/nearest-of.ts";

/**
 * `POST /admin/circuits/{id}` with `{"command": "force-open" | "force-close" | "reset"}`: every
 * circuit of this id, or all of them for `*`. It lasts until the next command or start.
 */
export async function postCircuit(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, parameters } = request;
  const { circuits, audit } = context;
  const object = parameters["id"] ?? "";
  const { command } = parsed(parseCircuitCommand(await jsonBody(request)));
  const ids = circuits.own().map(({ id }) => id);
  if (!(object === "*" ? ids.length > 0 : ids.includes(object))) {
    const message = `Cannot ${command} "${object.slice(0, 200)}": no circuit has this id`;
    throw new Failure<Code>("not_found", message + nearestOf(object, ids));
  }
  await audit.record({ event: `admin.circuit.${command}`, object, by, requestId });
  circuits.command(object, command);
  return { status: 200, body: await circuitList(context) };
}
