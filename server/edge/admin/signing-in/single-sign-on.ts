import type { IssuerSignIn } from "@sekisho/gateway/identity/issuer-sign-in.ts";
import type { SignInFault } from "@sekisho/wire/admin/sign-in-faults.data.ts";

/** How people sign in to the console at an issuer, in the place of an admin key. */
export interface SingleSignOn {
  /** What the page calls it. */
  readonly label: string;
  /** Where browsers reach the console; null: where they say, which must be this machine. */
  readonly origin: string | null;
  /** How long a session is good at most, and without being used. */
  readonly maxMs: number;
  readonly idleMs: number;
  readonly flow: Pick<IssuerSignIn, "begin" | "finish">;
  /** Reports why somebody was not signed in: the page is told no more than the fault. */
  readonly refused: (fault: SignInFault, why: string) => void;
}
