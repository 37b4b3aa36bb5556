import { staffOf } from "@sekisho/gateway/identity/key-record.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { SignInFault } from "@sekisho/wire/admin/sign-in-faults.data.ts";
import type { AdminContext } from "../../admin-context.ts";
import type { AdminAnswer, OpenRequest } from "../../admin-request.ts";
import { sessionCookie } from "../../signing-in/session-cookie.ts";
import { openSession, placeOf } from "../../session.ts";
import type { SessionOwner } from "../../signing-in/sessions.ts";
import { endedSignIn, signInOf } from "../../signing-in/sign-in-cookie.ts";
import { isSecure, redirect, stepOf } from "../../signing-in/sign-in-step.ts";
import type { SingleSignOn } from "../../signing-in/single-sign-on.ts";

/** `GET /admin/session/oidc/callback`: who the issuer has sent back gets a session. */
export const finishSignIn = (request: OpenRequest, context: AdminContext): Promise<AdminAnswer> =>
  stepOf(request, context, async (signOn) => {
    const { exchange } = request;
    const { head } = exchange;
    const place = placeOf(head);
    context.signIns.check(place);
    const { principal, returnTo } = await finished(signOn, request, () =>
      context.signIns.failed(place),
    );
    context.keyring.checkSender(principal, head);
    const owner = ownerOf(principal, signOn, context);
    exchange.trust();
    const { id } = await openSession(owner, request, context);
    const lasting = { isSecure: isSecure(signOn), maxMs: signOn.maxMs };
    return redirect(returnTo, [
      ...endedSignIn(head, isSecure(signOn)),
      ...sessionCookie(head, id, lasting),
    ]);
  });

async function finished(
  { flow }: SingleSignOn,
  { exchange: { head } }: OpenRequest,
  failed: () => void,
): ReturnType<SingleSignOn["flow"]["finish"]> {
  try {
    return await flow.finish(signInOf(head), head.query);
  } catch (error) {
    // What costs the issuer a request, and may be a guess.
    if (error instanceof Failure && error.code === "unproven") failed();
    throw error;
  }
}

/** Throws Failure `no_role` where their tenant is not served. */
function ownerOf(
  principal: Principal,
  { maxMs, idleMs }: SingleSignOn,
  { keyring, clock }: Pick<AdminContext, "keyring" | "clock">,
): SessionOwner {
  const staff = staffOf(principal);
  const isGood = (): boolean => keyring.isServed(principal);
  if (staff === null || !isGood()) {
    const message = `Cannot sign in by the issuer: tenant ${principal.tenant} is not served`;
    throw new Failure<SignInFault>("no_role", message);
  }
  const untilMs = clock.wallMs() + maxMs;
  return { by: principal.keyId, staff, isGood, untilMs, idleMs };
}
