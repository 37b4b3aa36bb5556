import { operatorTenant, type KeyGrant } from "@sekisho/gateway/identity/key-record.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseKeyCreation,
  parseKeyQuery,
  type KeyCreation,
  type KeyPage,
  type KeyWithSecret,
} from "@sekisho/wire/admin/keys.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../config/schema.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { changeKey } from "./change-key.ts";
import { viewOfKey } from "./key-view.ts";

/** `GET /admin/keys?tenant=&revoked=&after=&limit=` */
export async function getKeys(
  { exchange }: AdminRequest,
  { keys }: AdminContext,
): Promise<AdminAnswer> {
  const query = parsed(parseKeyQuery(exchange.head.query));
  const all = keys.list(query);
  const { after, limit } = query;
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) {
    const message = `Cannot list keys after ${after}: the list has no such key`;
    throw new Failure<Code>("invalid_value", message, { param: "after" });
  }
  const page = all.slice(from, from + limit);
  const next = from + limit < all.length ? (page.at(-1)?.id ?? null) : null;
  const body: KeyPage = { keys: page.map(viewOfKey), next };
  return { status: 200, body };
}

/** `POST /admin/keys`: the answer is the only place where the new key is shown. */
export async function postKey(request: AdminRequest, context: AdminContext): Promise<AdminAnswer> {
  const creation = parsed(parseKeyCreation(await jsonBody(request)));
  const grant = grantOf(creation, context.config.config);
  const order = { grant, name: creation.name, origin: "admin" } as const;
  const change = context.keys.create(order, creation.aws);
  const record = await changeKey(change, "admin.key.created", { request, context });
  const body: KeyWithSecret = {
    key: viewOfKey(record),
    secret: change.raw ?? "",
    aws: change.pair,
  };
  return { status: 201, body };
}

const grantOf = (creation: KeyCreation, { tenants }: Config): KeyGrant => {
  const { tenant, team, role, models, surfaces, criticality, requestBudget } = creation;
  if (role === "admin" || tenant === null) {
    const none = { team: null, models: [], criticality: usualCriticality, requestBudget: null };
    return { ...none, tenant: operatorTenant, role, surfaces: ["admin"] };
  }
  const known = Object.hasOwn(tenants, tenant) ? tenants[tenant] : undefined;
  if (known === undefined) {
    throw unknownName("tenant", tenant, Object.keys(tenants));
  }
  if (team !== null && !Object.hasOwn(known.teams, team)) {
    throw unknownName("team", team, Object.keys(known.teams));
  }
  const named = known.budgets.flatMap(({ name }) => name ?? []);
  if (requestBudget !== null && !named.includes(requestBudget)) {
    throw unknownName("requestBudget", requestBudget, named);
  }
  return { tenant, team, role, models, surfaces, criticality, requestBudget };
};

const maxListed = 20;

const unknownName = (param: string, name: string, known: readonly string[]): Failure<Code> => {
  const listed = known.slice(0, maxListed).join(", ") || "none";
  const message = `Cannot make a key for ${param} ${name}: the configuration has ${listed}`;
  return new Failure<Code>("invalid_value", message, { param });
};
