import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import { csrfHeader } from "@sekisho/wire/admin/session.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "./admin-context.ts";
import { sessionIdOf } from "./session-cookie.ts";
import type { AdminSession } from "./sessions.ts";

/** Who makes a request, proven. */
export interface Administrator {
  readonly keyId: string;
  /** How a page signed in; null for a key in the header `authorization`. */
  readonly session: AdminSession | null;
  /** Is it still allowed? For answers that go on for hours. */
  readonly isGood: () => boolean;
}

type Proofs = Pick<AdminContext, "keyring" | "sessions">;

const bearer = /^Bearer +(?<key>[\x21-\x7e]+) *$/i;

/** Methods that change nothing: a foreign page may send them, and cannot read the answer. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

const forbidden = (why: string): Failure<Code> =>
  new Failure<Code>("forbidden", `Cannot use the admin API: ${why}`);

/**
 * The administrator by key or, where no key is sent, by cookie. Throws Failure
 * `missing_credential`, `invalid_credential` or `forbidden`.
 */
export function administratorOf({ head }: Exchange, proofs: Proofs): Administrator {
  const header = head.header("authorization");
  const id = header === undefined ? sessionIdOf(head) : null;
  if (id !== null) return bySession(head, id, proofs);
  const key = bearer.exec(header ?? "")?.groups?.["key"];
  if (key === undefined) {
    const why = header === undefined ? "no key was sent" : "the key is no Bearer token";
    const message = `Cannot use the admin API: ${why}; send Authorization: Bearer ska_…`;
    throw new Failure<Code>("missing_credential", message);
  }
  const keyId = provenAdmin(key, proofs);
  return {
    keyId,
    session: null,
    isGood: () => proofs.keyring.find(keyId)?.revokedMs === null,
  };
}

/** The id of an admin key. Throws Failure `invalid_credential` or `forbidden`. */
export function provenAdmin(key: string, { keyring }: Pick<Proofs, "keyring">): string {
  const principal = keyring.authenticate(key);
  if (principal.role !== "admin") throw forbidden(`key ${principal.keyId} is no admin key`);
  return principal.keyId;
}

function bySession(head: RequestHead, id: string, { sessions }: Proofs): Administrator {
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
  return { keyId: session.keyId, session, isGood: () => sessions.find(id) !== null };
}
