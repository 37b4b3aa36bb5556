import { parseKeyLimits } from "@sekisho/wire/admin/keys.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { changeKey } from "../changes/change-key.ts";
import { limitsOf } from "../changes/key-limits-asked.ts";
import { keyToChange } from "../reach/key-reach.ts";
import { viewOfKey } from "../views/key-view.ts";

/** `DELETE /admin/keys/{id}`: revokes the key, for good and at once. */
export async function deleteKey(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const change = context.keys.revoke(keyToChange(request, context, { own: false }));
  const record = await changeKey(change, "admin.key.revoked", { request, context });
  return { status: 200, body: viewOfKey(record, context) };
}

/** `PATCH /admin/keys/{id}`: where and for how long the key is good from now on. */
export async function patchKey(request: AdminRequest, context: AdminContext): Promise<AdminAnswer> {
  const id = keyToChange(request, context, { own: false });
  const asked = parsed(parseKeyLimits(await jsonBody(request)));
  const change = context.keys.limit(id, limitsOf(asked, context.clock.wallMs()));
  const record = await changeKey(change, "admin.key.limited", { request, context });
  return { status: 200, body: viewOfKey(record, context) };
}
