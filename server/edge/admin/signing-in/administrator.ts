import type { Sender } from "@sekisho/gateway/credential.ts";
import { staffOf } from "@sekisho/gateway/identity/key-record.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import { csrfHeader } from "@sekisho/wire/admin/session.ts";
import { operatorTenant, type Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import { sessionIdOf } from "./session-cookie.ts";
import type { AdminSession } from "./sessions.ts";

/** Who makes a request, proven. */
export interface Administrator {
  /** The id of the admin key, or `oidc:<issuer>:<user>`. */
  readonly by: string;
  readonly staff: Staff;
  /** How a page signed in; null for a key in the header `authorization`. */
  readonly session: AdminSession | null;
  /** Is it still allowed? For answers that go on for hours. */
  readonly isGood: () => boolean;
}

type Proofs = Pick<AdminContext, "clock" | "keyring" | "sessions">;

const bearer = /^Bearer +(?<key>[\x21-\x7e]+) *$/i;

/** Methods that change nothing: a foreign page may send them, and cannot read the answer. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

const forbidden = (why: string): Failure<Code> =>
  new Failure<Code>("forbidden", `Cannot use the admin API: ${why}`);

/**
 * The administrator by key or, where no key is sent, by cookie. Throws Failure
 * `missing_credential`, `invalid_credential` or `forbidden`.
 */
export function administratorOf({ head }: Pick<Exchange, "head">, proofs: Proofs): Administrator {
  const header = head.header("authorization");
  const id = header === undefined ? sessionIdOf(head) : null;
  if (id !== null) return bySession(head, id, proofs);
  const key = bearer.exec(header ?? "")?.groups?.["key"];
  if (key === undefined) {
    const why = header === undefined ? "no key was sent" : "the key is no Bearer token";
    const message = `Cannot use the admin API: ${why}; send Authorization: Bearer ska_…`;
    throw new Failure<Code>("missing_credential", message);
  }
  return { ...provenStaff(key, head, proofs), session: null };
}

/** Whose admin key or token it is. Throws Failure `invalid_credential` or `forbidden`. */
export function provenStaff(
  key: string,
  sender: Sender,
  { keyring, clock }: Pick<Proofs, "keyring" | "clock">,
): Omit<Administrator, "session"> & { readonly untilMs: number } {
  const principal = keyring.authenticate(key, sender);
  const staff = staffOf(principal);
  if (staff === null) throw forbidden(`key ${principal.keyId} is no admin key`);
  const by = principal.keyId;
  // The tokens of an issuer end by themselves, keys when somebody ends them.
  const untilMs = keyring.expiryOf(key) ?? Infinity;
  const isGood = (): boolean =>
    untilMs === Infinity
      ? keyring.isHeld(by)
      : clock.wallMs() < untilMs && keyring.isServed(principal);
  return { by, staff, isGood, untilMs };
}

function bySession(head: RequestHead, id: string, { keyring, sessions }: Proofs): Administrator {
  const session = sessions.find(id);
  if (session === null) {
    const message = "Cannot use the admin API: the session is over; sign in again";
    throw new Failure<Code>("invalid_credential", message);
  }
  // The browser sends the cookie whoever asks it to; the token only our own pages know.
  const isSafe = safeMethods.has(head.method);
  if (!isSafe && !sessions.isToken(session, head.header(csrfHeader))) {
    throw forbidden(`with a cookie ${csrfHeader} must hold the session's token`);
  }
  const { by, staff } = session;
  keyring.checkSender({ keyId: by, tenant: staff.tenant ?? operatorTenant }, head);
  return { by, staff, session, isGood: () => sessions.find(id) !== null };
}
