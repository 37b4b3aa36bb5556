import {
  signInFaultParameter,
  signInFaults,
  type SignInFault,
} from "@sekisho/wire/admin/sign-in-faults.data.ts";

/** Where the issuer is asked; whoever comes back is where they were. */
export function signInUrl(): string {
  const { pathname, search, hash } = location;
  return `/admin/session/oidc?returnTo=${encodeURIComponent(`${pathname}${search}${hash}`)}`;
}

/** Why somebody has come back without a session; the address forgets it. */
export function takeSignInFault(): SignInFault | null {
  const url = new URL(location.href);
  const said = url.searchParams.get(signInFaultParameter);
  if (said === null) return null;
  url.searchParams.delete(signInFaultParameter);
  history.replaceState(null, "", url);
  return signInFaults.find((fault) => fault === said) ?? "failed";
}
