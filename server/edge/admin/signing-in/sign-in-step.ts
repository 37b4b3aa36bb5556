import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import {
  signInFaultParameter,
  signInFaults,
  type SignInFault,
} from "@sekisho/wire/admin/sign-in-faults.data.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, OpenRequest } from "../admin-request.ts";
import { home } from "./return-to.ts";
import { endedSignIn } from "./sign-in-cookie.ts";
import type { SingleSignOn } from "./single-sign-on.ts";

export const callbackPath = "/admin/session/oidc/callback";

const localHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** Where the browser is, as the issuer knows it. Throws Failure `no_origin`. */
export function originOf({ origin }: SingleSignOn, head: RequestHead): string {
  if (origin !== null) return origin;
  const host = head.header("host") ?? "";
  if (localHost.test(host)) return `http://${host}`;
  const why = "admin.oidc.signIn.origin is not set, and the page is not of this machine";
  throw new Failure<SignInFault>("no_origin", `Cannot begin a sign-in: ${why}`);
}

export const isSecure = ({ origin }: SingleSignOn): boolean =>
  origin?.startsWith("https://") === true;

/** Sends the browser somewhere; nobody keeps it, and the next page is not told whence. */
export const redirect = (location: string, headers: readonly string[] = []): AdminAnswer => ({
  status: 303,
  body: {},
  headers: ["location", location, "referrer-policy", "no-referrer", ...headers],
});

/** A step of a sign-in; whatever it throws is said on the page in words. */
export async function stepOf(
  { exchange, requestId }: OpenRequest,
  context: AdminContext,
  step: (signOn: SingleSignOn) => Promise<AdminAnswer>,
): Promise<AdminAnswer> {
  const { singleSignOn, failed } = context;
  if (singleSignOn === null) {
    throw new Failure("not_found", "Cannot sign in by an issuer: admin.oidc.signIn is not set");
  }
  try {
    return await step(singleSignOn);
  } catch (error) {
    const fault = faultOf(error);
    if (fault === "failed") failed(error, requestId);
    singleSignOn.refused(fault, error instanceof Error ? error.message : "unknown");
    const cookie = endedSignIn(exchange.head, isSecure(singleSignOn));
    return redirect(`${home}?${signInFaultParameter}=${fault}`, cookie);
  }
}

const isFault = (code: string): code is SignInFault => signInFaults.some((each) => each === code);

function faultOf(error: unknown): SignInFault {
  if (!(error instanceof Failure)) return "failed";
  if (error.code === "rate_limited") return "slow_down";
  if (error.code === "forbidden") return "elsewhere";
  return isFault(error.code) ? error.code : "failed";
}
