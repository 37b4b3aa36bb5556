import type { Target } from "@sekisho/gateway/target.ts";
import { parseDrainRequest, type DrainList } from "@sekisho/wire/admin/drains.ts";
import type { Config } from "../../config/schema.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";

/** What is out of use, what still runs there, and who is left without a target. */
export async function drainList({
  circuits,
  catalog,
  config,
}: Pick<AdminContext, "circuits" | "catalog" | "config">): Promise<DrainList> {
  const { drained } = config.config;
  const known = catalog();
  const targets = known.targets();
  const running = await circuits.inFlight(drained);
  const isOut = (target: Target): boolean => drained.some((name) => isAt(target, name));
  return {
    drained: drained.map((name, index) => ({
      name,
      targets: targets.filter((target) => isAt(target, name)).length,
      running: running[index] ?? 0,
    })),
    unserved: known
      .names()
      .filter((name) => known.peek(name).pools.every((pool) => pool.targets.every(isOut))),
  };
}

const isAt = ({ provider, region }: Target, name: string): boolean =>
  provider === name || region === name;

/** `GET /admin/drains` */
export async function getDrains(
  _request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  return { status: 200, body: await drainList(context) };
}

/**
 * `POST /admin/drains` with `{"name": …}`: no new attempt goes to that region or provider from now
 * on, also after a restart. Draining twice is draining once.
 */
export async function postDrain(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId } = request;
  const { name } = parsed(parseDrainRequest(await jsonBody(request)));
  const edit = ({ drained }: Config): string[] => [...new Set([...drained, name])];
  const entry = { event: "admin.place.drained", object: name, by, requestId } as const;
  const also = () => [context.audit.row(entry)];
  const isChanged = await context.config.edit("drained", edit, { by, also });
  if (isChanged) context.audit.told(entry);
  return { status: 200, body: await drainList(context) };
}
