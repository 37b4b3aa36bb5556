import type { Route } from "@sekisho/lib/http/router.ts";
import type { Permission } from "@sekisho/wire/admin/permissions.data.ts";
import type { AdminEndpoint, AdminRoute, OpenEndpoint } from "./admin-request.ts";
import { getAlerts } from "./alerts.ts";
import { getAudit } from "./audit.ts";
import { verifyAudit } from "./audit/verify.ts";
import { getBudgets, postBudget } from "./budgets.ts";
import { getCache } from "./cache.ts";
import { purgeCache } from "./cache/purge.ts";
import { getCircuits } from "./circuits.ts";
import { postCircuit } from "./circuits/[id].ts";
import { getConfig } from "./config.ts";
import { deleteSetting, putSetting } from "./config/[path].ts";
import { reloadConfig } from "./config/reload.ts";
import { postCost } from "./cost.ts";
import { getSavings } from "./cost/savings.ts";
import { getDrains, postDrain } from "./drains.ts";
import { deleteDrain } from "./drains/[name].ts";
import { postErase } from "./erase.ts";
import { postExplain } from "./explain.ts";
import { getFirstCall } from "./first-call.ts";
import { getIdempotency } from "./idempotency.ts";
import { forgetClaim, getClaim } from "./idempotency/[id].ts";
import { getKeys, postKey } from "./keys.ts";
import { deleteKey, patchKey } from "./keys/[id].ts";
import { rotateKey } from "./keys/[id]/rotate.ts";
import { getLedger } from "./ledger.ts";
import { getLedgerCall } from "./ledger/[id].ts";
import { verifyLedger } from "./ledger/verify.ts";
import { getLive } from "./live.ts";
import { getModels } from "./models.ts";
import { getModel } from "./models/[name].ts";
import { postPlan } from "./plan.ts";
import { getRouter } from "./router.ts";
import { deleteSession, getSession, postSession } from "./session.ts";
import { beginSignIn } from "./session/oidc.ts";
import { finishSignIn } from "./session/oidc/callback.ts";
import { getSplits } from "./splits.ts";
import { getSplit, postSplit } from "./splits/[name].ts";
import { getUsage } from "./usage.ts";
import { getWhoami } from "./whoami.ts";

const to = (access: Permission, endpoint: AdminEndpoint): AdminRoute => ({
  access,
  endpoint,
  query: "none",
});

/** One that reads parameters, and refuses those that it does not know. */
const asking = (access: Permission, endpoint: AdminEndpoint): AdminRoute => ({
  access,
  endpoint,
  query: "own",
});

const openTo = (endpoint: OpenEndpoint, query: AdminRoute["query"] = "none"): AdminRoute => ({
  access: "open",
  endpoint,
  query,
});

/**
 * The admin API: one line per endpoint with the permission that it asks for, each in the file that
 * its path names.
 */
export const adminRoutes: readonly Route<AdminRoute>[] = [
  { method: "POST", path: "/admin/session", value: openTo(postSession) },
  { method: "GET", path: "/admin/session", value: openTo(getSession) },
  { method: "GET", path: "/admin/session/oidc", value: openTo(beginSignIn, "own") },
  // What issuers add to it is theirs: nothing is refused.
  { method: "GET", path: "/admin/session/oidc/callback", value: openTo(finishSignIn, "own") },
  { method: "GET", path: "/admin/whoami", value: to("session.use", getWhoami) },
  { method: "DELETE", path: "/admin/session", value: to("session.use", deleteSession) },
  { method: "GET", path: "/admin/keys", value: asking("keys.read", getKeys) },
  { method: "POST", path: "/admin/keys", value: to("keys.write", postKey) },
  { method: "PATCH", path: "/admin/keys/{id}", value: to("keys.write", patchKey) },
  { method: "DELETE", path: "/admin/keys/{id}", value: to("keys.write", deleteKey) },
  { method: "POST", path: "/admin/keys/{id}/rotate", value: to("keys.write", rotateKey) },
  { method: "GET", path: "/admin/config", value: to("config.read", getConfig) },
  { method: "PUT", path: "/admin/config/{path}", value: to("config.write", putSetting) },
  { method: "DELETE", path: "/admin/config/{path}", value: to("config.write", deleteSetting) },
  { method: "POST", path: "/admin/config/reload", value: to("config.write", reloadConfig) },
  { method: "GET", path: "/admin/circuits", value: to("routing.read", getCircuits) },
  { method: "POST", path: "/admin/circuits/{id}", value: to("routing.write", postCircuit) },
  { method: "GET", path: "/admin/drains", value: to("routing.read", getDrains) },
  { method: "POST", path: "/admin/drains", value: to("routing.write", postDrain) },
  { method: "DELETE", path: "/admin/drains/{name}", value: to("routing.write", deleteDrain) },
  { method: "GET", path: "/admin/splits", value: asking("routing.read", getSplits) },
  { method: "GET", path: "/admin/splits/{name}", value: asking("routing.read", getSplit) },
  { method: "POST", path: "/admin/splits/{name}", value: to("routing.write", postSplit) },
  { method: "GET", path: "/admin/router", value: asking("ledger.read", getRouter) },
  { method: "POST", path: "/admin/cost", value: to("costs.read", postCost) },
  { method: "GET", path: "/admin/cost/savings", value: asking("usage.read", getSavings) },
  { method: "POST", path: "/admin/plan", value: to("costs.read", postPlan) },
  { method: "POST", path: "/admin/erase", value: to("people.erase", postErase) },
  { method: "POST", path: "/admin/explain", value: to("routing.explain", postExplain) },
  { method: "GET", path: "/admin/budgets", value: asking("budgets.read", getBudgets) },
  { method: "POST", path: "/admin/budgets", value: to("config.write", postBudget) },
  { method: "GET", path: "/admin/alerts", value: asking("budgets.read", getAlerts) },
  { method: "GET", path: "/admin/cache", value: asking("cache.read", getCache) },
  { method: "POST", path: "/admin/cache/purge", value: to("cache.write", purgeCache) },
  { method: "GET", path: "/admin/idempotency", value: asking("idempotency.read", getIdempotency) },
  { method: "GET", path: "/admin/idempotency/{id}", value: to("idempotency.read", getClaim) },
  {
    method: "DELETE",
    path: "/admin/idempotency/{id}",
    value: to("idempotency.write", forgetClaim),
  },
  { method: "GET", path: "/admin/models", value: to("routing.read", getModels) },
  { method: "GET", path: "/admin/models/{name}", value: to("routing.read", getModel) },
  { method: "GET", path: "/admin/usage", value: asking("usage.read", getUsage) },
  { method: "GET", path: "/admin/audit", value: asking("audit.read", getAudit) },
  { method: "GET", path: "/admin/audit/verify", value: to("books.verify", verifyAudit) },
  { method: "GET", path: "/admin/ledger", value: asking("ledger.read", getLedger) },
  { method: "GET", path: "/admin/ledger/verify", value: asking("books.verify", verifyLedger) },
  { method: "GET", path: "/admin/ledger/{id}", value: to("ledger.read", getLedgerCall) },
  { method: "GET", path: "/admin/live", value: to("live.read", getLive) },
  { method: "GET", path: "/admin/first-call", value: to("live.read", getFirstCall) },
];
