import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, OpenRequest } from "../admin-request.ts";
import { safeReturnTo } from "../return-to.ts";
import { placeOf } from "../session.ts";
import { signInCookie } from "../sign-in-cookie.ts";
import { callbackPath, isSecure, originOf, redirect, stepOf } from "../sign-in-step.ts";

/** `GET /admin/session/oidc`: sends the browser to the issuer. */
export const beginSignIn = (request: OpenRequest, context: AdminContext): Promise<AdminAnswer> =>
  stepOf(request, context, async (signOn) => {
    const { head } = request.exchange;
    context.signIns.check(placeOf(head));
    const redirectUri = `${originOf(signOn, head)}${callbackPath}`;
    const returnTo = safeReturnTo(new URLSearchParams(head.query).get("returnTo"));
    const { url, ...pending } = await signOn.flow.begin(redirectUri, returnTo);
    return redirect(url, signInCookie(head, pending, isSecure(signOn)));
  });
