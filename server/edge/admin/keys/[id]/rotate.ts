import { parseKeyRotation, type KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { AdminContext } from "../../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../../admin-request.ts";
import { changeKey } from "../../changes/change-key.ts";
import { keyToChange } from "../../reach/key-reach.ts";
import { viewOfKey } from "../../views/key-view.ts";

/** `POST /admin/keys/{id}/rotate`: the answer is the only place where the new secret is shown. */
export async function rotateKey(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { graceMs } = parsed(parseKeyRotation(await jsonBody(request)));
  const change = context.keys.rotate(keyToChange(request, context, { own: true }), graceMs);
  const record = await changeKey(change, "admin.key.rotated", { request, context });
  const body: KeyWithSecret = {
    key: viewOfKey(record, context),
    secret: change.raw ?? "",
    aws: change.pair,
  };
  return { status: 200, body };
}
