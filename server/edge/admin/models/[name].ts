import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { modelView } from "../models.ts";

/**
 * `GET /admin/models/{name}`: a name of the configuration, or one that a pattern serves. Throws
 * Failure `model_not_found`, which names the nearest ones.
 */
export async function getModel(
  { parameters }: AdminRequest,
  { catalog, clock }: AdminContext,
): Promise<AdminAnswer> {
  const { name = "" } = parameters;
  return { status: 200, body: modelView(catalog(), name, clock.wallMs()) };
}
