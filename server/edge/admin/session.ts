import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseSignIn, type SessionView } from "@sekisho/wire/admin/session.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "./admin-context.ts";
import { administratorOf, provenStaff } from "./signing-in/administrator.ts";
import {
  jsonBody,
  parsed,
  type AdminAnswer,
  type AdminRequest,
  type OpenRequest,
} from "./admin-request.ts";
import { endedCookie, sessionCookie, sessionIdOf } from "./signing-in/session-cookie.ts";
import type { AdminSession, AdminSessions, SessionOwner } from "./signing-in/sessions.ts";
import { whoamiView } from "./whoami.ts";

/** A key and its JSON; nobody is proven yet when it is read. */
const maxBodyBytes = 16_384;

const viewOf = (session: AdminSession, context: AdminContext): SessionView => ({
  ...whoamiView(session),
  expiresAt: rfc3339(Math.round(endMs(session, context))),
  csrf: session.csrf,
  singleSignOn: labelOf(context),
});

/** Epoch milliseconds of its end. */
const endMs = ({ expiresMs }: AdminSession, { clock }: AdminContext): number =>
  clock.wallMs() + expiresMs - clock.monotonicMs();

const labelOf = ({ singleSignOn }: AdminContext): string | null => singleSignOn?.label ?? null;

/** `POST /admin/session`: an admin key for a cookie. The one endpoint that asks for no proof. */
export async function postSession(
  request: OpenRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { exchange } = request;
  const { head } = exchange;
  const { keyring, signIns } = context;
  signIns.check(placeOf(head));
  const { key } = parsed(parseSignIn(await jsonBody(request, maxBodyBytes)));
  await keyring.introduce(key);
  const owner = proven(key, head, context);
  exchange.trust();
  const opened = await openSession(owner, request, context);
  const headers = sessionCookie(head, opened.id);
  return { status: 201, body: viewOf(opened.session, context), headers };
}

/** Written down first. Throws Failure `invalid_credential` where they are gone by then. */
export async function openSession(
  owner: SessionOwner,
  { requestId }: OpenRequest,
  { audit, sessions }: Pick<AdminContext, "audit" | "sessions">,
): Promise<ReturnType<AdminSessions["open"]>> {
  const { by } = owner;
  await audit.record({ event: "admin.session.opened", object: by, by, requestId });
  // The key may have been revoked meanwhile.
  if (owner.isGood()) return sessions.open(owner);
  throw new Failure<Code>("invalid_credential", `Cannot open a session: key ${by} is gone`);
}

/** Who tries keys: behind proxies of ours, whoever they say it is. */
export const placeOf = ({ clientAddress, remoteAddress }: RequestHead): string =>
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
const stranger = { by: null, role: null, tenant: null, may: [] };

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
      singleSignOn: labelOf(context),
    };
    return { status: 200, body };
  }
  const session = context.sessions.find(sessionIdOf(head) ?? "");
  const nobody: SessionView = { ...noSession, ...stranger, singleSignOn: labelOf(context) };
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
