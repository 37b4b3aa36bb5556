import { unlimited } from "@sekisho/gateway/identity/key-limits.ts";
import type { KeyGrant } from "@sekisho/gateway/identity/key-record.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseKeyCreation,
  parseKeyQuery,
  type KeyCreation,
  type KeyPage,
  type KeyWithSecret,
} from "@sekisho/wire/admin/keys.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../config/schema.ts";
import { unknownModel } from "../../config/unknown-model.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { changeKey } from "./changes/change-key.ts";
import { limitsOf } from "./changes/key-limits-asked.ts";
import { checkStaffKey, isListed } from "./reach/key-reach.ts";
import { viewOfKey } from "./views/key-view.ts";
import { tenantAsked, tenantInReach } from "./reach/tenant-reach.ts";

/** `GET /admin/keys?tenant=&revoked=&after=&limit=` */
export async function getKeys(request: AdminRequest, context: AdminContext): Promise<AdminAnswer> {
  const { after, limit, ...query } = parsed(parseKeyQuery(request.exchange.head.query));
  const tenant = tenantAsked(request.staff, query.tenant, context);
  const all = context.keys.list({ ...query, tenant }).filter((record) => isListed(request, record));
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) {
    const message = `Cannot list keys after ${after}: the list has no such key`;
    throw new Failure<Code>("invalid_value", message, { param: "after" });
  }
  const page = all.slice(from, from + limit);
  const next = from + limit < all.length ? (page.at(-1)?.id ?? null) : null;
  const body: KeyPage = { keys: page.map((each) => viewOfKey(each, context)), next };
  return { status: 200, body };
}

/** `POST /admin/keys`: the answer is the only place where the new key is shown. */
export async function postKey(request: AdminRequest, context: AdminContext): Promise<AdminAnswer> {
  const creation = parsed(parseKeyCreation(await jsonBody(request)));
  const tenant = tenantInReach(request.staff, creation.tenant);
  if (creation.role !== "client") checkStaffKey(request.staff, creation.role);
  const grant = grantOf({ ...creation, tenant }, context.config.config);
  const limits = limitsOf(creation, context.clock.wallMs());
  const order = { grant, limits: { ...unlimited, ...limits }, name: creation.name } as const;
  const change = context.keys.create({ ...order, origin: "admin" }, creation.aws);
  const record = await changeKey(change, "admin.key.created", { request, context });
  const body: KeyWithSecret = {
    key: viewOfKey(record, context),
    secret: change.raw ?? "",
    aws: change.pair,
  };
  return { status: 201, body };
}

const grantOf = (creation: KeyCreation, { tenants, models: served }: Config): KeyGrant => {
  const { tenant, team, role, models, surfaces, criticality, requestBudget } = creation;
  const { streamGraceMs, budgetStatus, tags } = creation;
  const known = tenant !== null && Object.hasOwn(tenants, tenant) ? tenants[tenant] : undefined;
  if (tenant !== null && known === undefined) {
    throw unknownName("tenant", tenant, Object.keys(tenants));
  }
  if (role !== "client" || tenant === null || known === undefined) {
    const none = {
      team: null,
      models: [],
      criticality: usualCriticality,
      requestBudget: null,
      streamGraceMs: null,
    };
    return { ...none, tenant: tenant ?? operatorTenant, role, surfaces: ["admin"] };
  }
  if (team !== null && !Object.hasOwn(known.teams, team)) {
    throw unknownName("team", team, Object.keys(known.teams));
  }
  const named = known.budgets.flatMap(({ name }) => name ?? []);
  if (requestBudget !== null && !named.includes(requestBudget)) {
    throw unknownName("requestBudget", requestBudget, named);
  }
  for (const name of models) {
    const why = unknownModel(served, name);
    if (why === null) continue;
    throw new Failure<Code>("invalid_value", `Cannot make a key: ${why}`, { param: "models" });
  }
  const may = { models, surfaces, criticality, requestBudget, streamGraceMs, budgetStatus };
  return { tenant, team, role, ...may, tags };
};

const maxListed = 20;

const unknownName = (param: string, name: string, known: readonly string[]): Failure<Code> => {
  const listed = known.slice(0, maxListed).join(", ") || "none";
  const message = `Cannot make a key for ${param} ${name}: the configuration has ${listed}`;
  return new Failure<Code>("invalid_value", message, { param });
};
