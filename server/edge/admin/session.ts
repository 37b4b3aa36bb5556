import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseSignIn, type SessionView } from "@sekisho/wire/admin/session.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "./admin-context.ts";
import { administratorOf, provenStaff } from "./administrator.ts";
import {
  jsonBody,
  parsed,
  type AdminAnswer,
  type AdminRequest,
  type OpenRequest,
} from "./admin-request.ts";
import { endedCookie, sessionCookie, sessionIdOf } from "./session-cookie.ts";
import type { AdminSession, SessionOwner } from "./sessions.ts";
import { whoamiView } from "./whoami.ts";

/** A key and its JSON; nobody is proven yet when it is read. */
const maxBodyBytes = 16_384;

const viewOf = (session: AdminSession, { clock }: AdminContext): SessionView => ({
  ...whoamiView(session),
  expiresAt: rfc3339(Math.round(clock.wallMs() + session.expiresMs - clock.monotonicMs())),
  csrf: session.csrf,
});

/** `POST /admin/session`: an admin key for a cookie. The one endpoint that asks for no proof. */
export async function postSession(
  request: OpenRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { exchange, requestId } = request;
  const { head } = exchange;
  const { keyring, signIns, sessions, audit } = context;
  signIns.check(placeOf(head));
  const { key } = parsed(parseSignIn(await jsonBody(request, maxBodyBytes)));
  await keyring.introduce(key);
  const owner = proven(key, head, context);
  const { by } = owner;
  exchange.trust();
  await audit.record({ event: "admin.session.opened", object: by, by, requestId });
  // The key may have been revoked meanwhile.
  if (!owner.isGood()) {
    throw new Failure<Code>("invalid_credential", `Cannot open a session: key ${by} is gone`);
  }
  const opened = sessions.open(owner);
  const headers = sessionCookie(head, opened.id);
  return { status: 201, body: viewOf(opened.session, context), headers };
}

/** Who tries keys: behind proxies of ours, whoever they say it is. */
const placeOf = ({ clientAddress, remoteAddress }: RequestHead): string =>
  clientAddress ?? remoteAddress;

function proven(key: string, head: RequestHead, context: AdminContext): SessionOwner {
  try {
    return provenStaff(key, head, context);
  } catch (error) {
    // Also for keys of clients: they are no way in. Whose issuer is away has tried nothing.
    if (error instanceof Failure && error.code === "issuer_unavailable") throw error;
    context.signIns.failed(placeOf(head));
    throw error;
  }
}

const noSession = { expiresAt: null, csrf: null };

/**
 * `GET /admin/session`: who is signed in. That nobody is, is no refusal: each page begins with this
 * question.
 */
export async function getSession(
  { exchange }: OpenRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { head } = exchange;
  if (head.header("authorization") !== undefined) {
    const body: SessionView = {
      ...whoamiView(administratorOf(exchange, context)),
      ...noSession,
    };
    return { status: 200, body };
  }
  const session = context.sessions.find(sessionIdOf(head) ?? "");
  const nobody: SessionView = { by: null, role: null, tenant: null, may: [], ...noSession };
  return { status: 200, body: session === null ? nobody : viewOf(session, context) };
}

/** `DELETE /admin/session`: signs out. */
export async function deleteSession(
  { exchange, by, requestId }: AdminRequest,
  { sessions, audit }: AdminContext,
): Promise<AdminAnswer> {
  const id = sessionIdOf(exchange.head);
  if (id === null) {
    const message = "Cannot sign out: the request came with a key, not with a session";
    throw new Failure<Code>("not_found", message);
  }
  // Whoever signs out is out, also where that cannot be written down.
  sessions.close(id);
  await audit.record({ event: "admin.session.closed", object: by, by, requestId });
  return { status: 200, body: {}, headers: endedCookie(exchange.head) };
}
