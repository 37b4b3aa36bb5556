import { budgetStatuses, usualBudgetStatus, type BudgetStatus } from "../budget-status.ts";
import { inOrder, maxTags, tagShape, tagWords } from "../key-tags.ts";
import { criticalities, type Criticality, usualCriticality } from "../criticality.ts";
import type { Parsed } from "../result.ts";
import { readPageSize } from "./_page-size.ts";
import { readQuery, refuseParam } from "./_query.ts";
import { Fields, type FieldCode, type TextRule } from "./_fields.ts";
import { pageLimits } from "./page-limits.ts";
import { keyRoles, type KeyRole, type StaffRole } from "./staff-roles.data.ts";

/** A key as it is shown: everything but the key itself. Times are RFC 3339. */
export interface KeyView {
  readonly id: string;
  readonly tenant: string;
  readonly team: string | null;
  readonly role: KeyRole;
  readonly name: string;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  /** The most that `x-sekisho-criticality` may say. */
  readonly criticality: Criticality;
  /** The budget of its tenant that each of its calls must fit; null: none. */
  readonly requestBudget: string | null;
  /** How long its resumable answers run on without a reader; null: as `streams.graceMs` says. */
  readonly streamGraceMs: number | null;
  /** The HTTP status of refusals by budgets. */
  readonly budgetStatus: BudgetStatus;
  /** What its calls are marked with in the ledger, sorted. */
  readonly tags: readonly string[];
  /** `config` keys are changed in the configuration, the others here. */
  readonly origin: "config" | "first-run" | "admin";
  readonly createdAt: string | null;
  readonly rotatedAt: string | null;
  /** Until when the secret before the last rotation stays good. */
  readonly previousUntil: string | null;
  readonly revokedAt: string | null;
  /** Within the last minute before it; null when it never was. */
  readonly lastUsedAt: string | null;
  /** Addresses and ranges that its requests may come from; none: from anywhere. */
  readonly addresses: readonly string[];
  readonly expiresAt: string | null;
  /** Pages that may use it in a browser: `https://shop.example`. */
  readonly origins: readonly string[];
  /** Of its AWS-style pair; null when it has none. */
  readonly accessKeyId: string | null;
}

/** What SDKs of AWS sign requests with. */
export interface AccessPairView {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `GET /admin/keys`. `next` goes on where this page ends: `?after=<next>`. */
export interface KeyPage {
  readonly keys: readonly KeyView[];
  readonly next: string | null;
}

/** `POST /admin/keys` and `POST /admin/keys/{id}/rotate`: the only time the secret is shown. */
export interface KeyWithSecret {
  readonly key: KeyView;
  readonly secret: string;
  /** The pair that was made with it; null for a key without one. */
  readonly aws: AccessPairView | null;
}

/** Query of `GET /admin/keys`. */
export interface KeyQuery {
  readonly tenant: string | null;
  /** Revoked keys too? */
  readonly revoked: boolean;
  /** The last id of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * Body of `POST /admin/keys`. An admin key has no team, models, surfaces, criticality or pair, and
 * a tenant where it is bound to one.
 */
export interface KeyCreation {
  readonly tenant: string | null;
  readonly team: string | null;
  readonly role: KeyRole;
  readonly name: string;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  readonly criticality: Criticality;
  readonly requestBudget: string | null;
  readonly streamGraceMs: number | null;
  readonly budgetStatus: BudgetStatus;
  readonly tags: readonly string[];
  readonly addresses: readonly string[];
  /** From now; null: it is good until it is revoked. */
  readonly expiresInMs: number | null;
  readonly origins: readonly string[];
  /** With an AWS-style pair of access key id and secret? */
  readonly aws: boolean;
}

/** Body of `PATCH /admin/keys/{id}`: what is absent stays as it is. */
export interface KeyLimitsChange {
  readonly addresses?: readonly string[];
  /** Null: never. */
  readonly expiresInMs?: number | null;
  readonly origins?: readonly string[];
}

/** Body of `POST /admin/keys/{id}/rotate`. */
export interface KeyRotation {
  readonly graceMs: number;
}

/** A tenant's or team's name, as the configuration allows it. */
const name: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  says: "1 to 64 letters, digits and ._-",
};

const model: TextRule = {
  pattern: /^[\x21-\x7e]{1,128}$/,
  says: "a model's name of at most 128 characters, * for any run of them",
};

/** How long the secret of a key of the configuration may be. */
export const configuredSecretChars = { least: 8, most: 512 };

/** What a client key may call. */
export const clientSurfaces = [
  "*",
  "openai.chat",
  "openai.completions",
  "openai.embeddings",
  "openai.responses",
  "openai.moderations",
  "openai.models",
  "anthropic.messages",
  "anthropic.countTokens",
  "anthropic.models",
  "bedrock.converse",
  "bedrock.invoke",
  "bedrock.countTokens",
  "gemini.generateContent",
  "gemini.countTokens",
  "gemini.models",
  "chat",
  "stream",
] as const;

const surface: TextRule = {
  pattern: new RegExp(`^(?:${clientSurfaces.map((each) => RegExp.escape(each)).join("|")})$`),
  says: `one of ${clientSurfaces.join(", ")}`,
};

/** What it stands for only a library of addresses can tell. */
const address: TextRule = {
  pattern: /^[0-9A-Fa-f:.]{2,45}(?:\/\d{1,3})?$/,
  says: "an address or a range such as 10.1.0.0/16",
};

const tag = { pattern: tagShape, says: tagWords, most: maxTags };

/** As browsers write it: in lower case, without a path, without the port that is usual. */
export const originShape = /^[a-z][a-z0-9+.-]{0,31}:\/\/[a-z0-9.\-_[\]:]{1,255}$/;
const origin: TextRule = { pattern: originShape, says: "an origin such as https://shop.example" };

/** The most that `streams.graceMs` can be, for all and for a key. */
export const maxStreamGraceMs = 3_600_000;

/** A hundred years. */
export const maxKeyLifeMs = 36_525 * 86_400_000;

export function parseKeyQuery(query: string): Parsed<KeyQuery, "invalid_value"> {
  const read = readQuery(query, ["tenant", "revoked", "after", "limit"]);
  if (!read.ok) return read;
  const revoked = read.value.get("revoked") ?? "false";
  if (revoked !== "true" && revoked !== "false") {
    return refuseParam("revoked", "must be true or false");
  }
  const limit = readPageSize(read.value.get("limit"), pageLimits.most);
  if (!limit.ok) return limit;
  const tenant = read.value.get("tenant") ?? null;
  const after = read.value.get("after") ?? null;
  return { ok: true, value: { tenant, revoked: revoked === "true", after, limit: limit.value } };
}

const creationFields = [
  "tenant",
  "team",
  "role",
  "name",
  "models",
  "surfaces",
  "criticality",
  "requestBudget",
  "streamGraceMs",
  "budgetStatus",
  "tags",
  "addresses",
  "expiresInMs",
  "origins",
  "aws",
];

export function parseKeyCreation(body: unknown): Parsed<KeyCreation, FieldCode> {
  const fields = new Fields(body, creationFields);
  const role = fields.choice("role", keyRoles, "client");
  if (role !== "client") return parseStaffKey(body, fields, role);
  return fields.done({
    tenant: fields.required("tenant", name),
    team: fields.optional("team", name),
    role,
    name: fields.freeText("name"),
    models: fields.list("models", model, ["*"]),
    surfaces: fields.list("surfaces", surface, ["*"]),
    criticality: fields.choice("criticality", criticalities, usualCriticality),
    requestBudget: fields.optional("requestBudget", name),
    streamGraceMs: fields.countOrNull("streamGraceMs", maxStreamGraceMs, 0) ?? null,
    budgetStatus: fields.choice("budgetStatus", budgetStatuses, usualBudgetStatus),
    tags: inOrder(fields.anyList("tags", tag) ?? []),
    addresses: fields.anyList("addresses", address) ?? [],
    expiresInMs: fields.countOrNull("expiresInMs", maxKeyLifeMs) ?? null,
    origins: fields.anyList("origins", origin) ?? [],
    aws: fields.flag("aws"),
  });
}

function parseStaffKey(
  body: unknown,
  fields: Fields,
  role: StaffRole,
): Parsed<KeyCreation, FieldCode> {
  const none = new Fields(body, ["role", "name", "tenant", "addresses", "expiresInMs"]);
  const creation = {
    tenant: fields.optional("tenant", name),
    team: null,
    role,
    name: fields.freeText("name"),
    models: [],
    surfaces: [],
    criticality: usualCriticality,
    requestBudget: null,
    streamGraceMs: null,
    budgetStatus: usualBudgetStatus,
    tags: [],
    addresses: fields.anyList("addresses", address) ?? [],
    expiresInMs: fields.countOrNull("expiresInMs", maxKeyLifeMs) ?? null,
    origins: [],
    aws: false,
  };
  const read = fields.done(creation);
  return read.ok ? none.done(creation) : read;
}

export function parseKeyLimits(body: unknown): Parsed<KeyLimitsChange, FieldCode> {
  const fields = new Fields(body, ["addresses", "expiresInMs", "origins"]);
  const addresses = fields.anyList("addresses", address);
  const expiresInMs = fields.countOrNull("expiresInMs", maxKeyLifeMs);
  const origins = fields.anyList("origins", origin);
  return fields.done({
    ...(addresses === undefined ? {} : { addresses }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    ...(origins === undefined ? {} : { origins }),
  });
}

export function parseKeyRotation(body: unknown): Parsed<KeyRotation, FieldCode> {
  const fields = new Fields(body ?? {}, ["graceMs"]);
  return fields.done({ graceMs: fields.count("graceMs", 0) });
}
