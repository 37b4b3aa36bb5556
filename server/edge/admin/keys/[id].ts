import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { changeKey } from "../change-key.ts";
import { keyToChange } from "../key-reach.ts";
import { viewOfKey } from "../key-view.ts";

/** `DELETE /admin/keys/{id}`: revokes the key, for good and at once. */
export async function deleteKey(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const change = context.keys.revoke(keyToChange(request, context, { own: false }));
  const record = await changeKey(change, "admin.key.revoked", { request, context });
  return { status: 200, body: viewOfKey(record) };
}
