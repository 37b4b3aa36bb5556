import { parseReturnTo } from "@sekisho/wire/admin/session.ts";
import type { AdminContext } from "../admin-context.ts";
import { parsed, type AdminAnswer, type OpenRequest } from "../admin-request.ts";
import { safeReturnTo } from "../signing-in/return-to.ts";
import { placeOf } from "../session.ts";
import { signInCookie } from "../signing-in/sign-in-cookie.ts";
import { callbackPath, isSecure, originOf, redirect, stepOf } from "../signing-in/sign-in-step.ts";

/** `GET /admin/session/oidc?returnTo=`: sends the browser to the issuer. */
export async function beginSignIn(
  request: OpenRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { head } = request.exchange;
  const returnTo = safeReturnTo(parsed(parseReturnTo(head.query)));
  return await stepOf(request, context, async (signOn) => {
    context.signIns.check(placeOf(head));
    const redirectUri = `${originOf(signOn, head)}${callbackPath}`;
    const { url, ...pending } = await signOn.flow.begin(redirectUri, returnTo);
    return redirect(url, signInCookie(head, pending, isSecure(signOn)));
  });
}
