import type { Parsed } from "../result.ts";
import type { Permission } from "./permissions.data.ts";
import type { StaffRole } from "./staff-roles.data.ts";
import { Fields, type FieldCode, type TextRule } from "./_fields.ts";
import { readQuery } from "./_query.ts";

/** Proves that a page of ours sent the request, where a cookie says who did. */
export const csrfHeader = "x-sekisho-csrf";

/** `POST /admin/session`: an admin key for a cookie. */
export interface SignIn {
  readonly key: string;
}

/** `GET /admin/whoami`: who asks. */
export interface WhoamiView {
  /** The id of the admin key, or `oidc:<issuer>:<user>`. */
  readonly by: string;
  readonly role: StaffRole;
  /** The tenant that they are bound to; null: none. */
  readonly tenant: string | null;
  readonly may: readonly Permission[];
}

/** `POST /admin/session` and `GET /admin/session` */
export interface SessionView {
  /** Null: nobody is signed in. */
  readonly by: string | null;
  readonly role: StaffRole | null;
  readonly tenant: string | null;
  readonly may: readonly Permission[];
  /** RFC 3339; null for a key in the header `authorization`, which has no session. */
  readonly expiresAt: string | null;
  /** The value of `csrfHeader` for requests that change something; null without a session. */
  readonly csrf: string | null;
  /** What the issuer is called at which people may sign in; null: admin keys alone do. */
  readonly singleSignOn: string | null;
}

/** `GET /admin/first-call`: what a first call is made of. */
export interface FirstCallView {
  readonly baseUrl: string;
  /** The demo key; null once there is none any more. */
  readonly key: string | null;
  /** A model that the configuration names; null when it names none. */
  readonly model: string | null;
}

const key: TextRule = {
  pattern: /^[\x21-\x7e]{1,8192}$/,
  says: "an admin key (ska_…) or a token",
};

export function parseSignIn(body: unknown): Parsed<SignIn, FieldCode> {
  const fields = new Fields(body, ["key"]);
  return fields.done({ key: fields.required("key", key) });
}

/** Reads the query of `GET /admin/session/oidc`: where the sign-in is to end, of any length. */
export function parseReturnTo(query: string): Parsed<string | null, "invalid_value"> {
  const read = readQuery(query, ["returnTo"], Number.POSITIVE_INFINITY);
  return read.ok ? { ok: true, value: read.value.get("returnTo") ?? null } : read;
}
