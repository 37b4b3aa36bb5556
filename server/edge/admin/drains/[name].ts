import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { drainList } from "../drains.ts";
import { nearestOf } from "../reach/nearest-of.ts";

/** `DELETE /admin/drains/{name}`: the region or provider is in use again. */
export async function deleteDrain(
  { by, requestId, parameters }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const name = parameters["name"] ?? "";
  const without = (drained: readonly string[]): string[] => {
    if (drained.includes(name)) return drained.filter((each) => each !== name);
    const message = `Cannot undrain "${name.slice(0, 200)}": it is not drained`;
    throw new Failure<Code>("not_found", message + nearestOf(name, drained));
  };
  const entry = { event: "admin.place.undrained", object: name, by, requestId } as const;
  const also = () => [context.audit.row(entry)];
  await context.config.edit("drained", ({ drained }) => without(drained), { by, also });
  context.audit.told(entry);
  return { status: 200, body: await drainList(context) };
}
