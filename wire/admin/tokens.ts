import type { Criticality } from "../criticality.ts";
import type { Parsed } from "../result.ts";
import { Fields, type FieldCode, type TextRule } from "./_fields.ts";
import { clientSurfaces } from "./keys.ts";
import type { KeyRole } from "./staff-roles.data.ts";

/** Body of `POST /v1/tokens`: whom a browser may call models for, and with what. */
export interface TokenRequest {
  readonly user: string;
  readonly session: string | null;
  /** Null: what the key may. */
  readonly models: readonly string[] | null;
  readonly surfaces: readonly string[] | null;
  readonly expiresInMs: number;
}

/** Answer to `POST /v1/tokens`: the only time the token is shown. */
export interface TokenView {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  readonly user: string;
  readonly session: string | null;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
}

/** `GET /v1/whoami`: a client's credential as the gateway takes it. */
export interface ClientWhoamiView {
  readonly key: string;
  readonly role: KeyRole;
  readonly tenant: string;
  readonly team: string | null;
  /** Whom a token is bound to; null for a key. */
  readonly user: string | null;
  readonly session: string | null;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  readonly criticality: Criticality;
  /** RFC 3339; null where no end is known. */
  readonly expiresAt: string | null;
}

/** 15 minutes, and a day. */
export const tokenLifeMs = { usual: 900_000, least: 1_000, most: 86_400_000 };

const id: TextRule = { pattern: /^[\x21-\x7e]{1,128}$/, says: "1 to 128 visible ASCII characters" };
const model: TextRule = { pattern: /^[\x21-\x7e]{1,128}$/, says: "a model's name, * for any run" };
const surface: TextRule = {
  pattern: new RegExp(`^(?:${clientSurfaces.map((each) => RegExp.escape(each)).join("|")})$`),
  says: `one of ${clientSurfaces.join(", ")}`,
};

const known = ["user", "session", "models", "surfaces", "expiresInMs"];

export function parseTokenRequest(body: unknown): Parsed<TokenRequest, FieldCode> {
  const fields = new Fields(body, known);
  const listOf = (name: string, rule: TextRule): readonly string[] | null => {
    const list = fields.list(name, rule, []);
    return list.length === 0 ? null : list;
  };
  return fields.done({
    user: fields.required("user", id),
    session: fields.optional("session", id),
    models: listOf("models", model),
    surfaces: listOf("surfaces", surface),
    expiresInMs: fields.within("expiresInMs", tokenLifeMs),
  });
}
