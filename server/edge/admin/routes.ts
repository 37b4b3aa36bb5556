import type { Route } from "@sekisho/lib/http/router.ts";
import type { AdminEndpoint, AdminRoute } from "./admin-request.ts";
import { getAudit } from "./audit.ts";
import { verifyAudit } from "./audit/verify.ts";
import { getBudgets } from "./budgets.ts";
import { getCircuits } from "./circuits.ts";
import { postCircuit } from "./circuits/[id].ts";
import { getConfig } from "./config.ts";
import { deleteSetting, putSetting } from "./config/[path].ts";
import { reloadConfig } from "./config/reload.ts";
import { postCost } from "./cost.ts";
import { getDrains, postDrain } from "./drains.ts";
import { deleteDrain } from "./drains/[name].ts";
import { postErase } from "./erase.ts";
import { postExplain } from "./explain.ts";
import { getFirstCall } from "./first-call.ts";
import { getKeys, postKey } from "./keys.ts";
import { deleteKey } from "./keys/[id].ts";
import { rotateKey } from "./keys/[id]/rotate.ts";
import { getLedger } from "./ledger.ts";
import { verifyLedger } from "./ledger/verify.ts";
import { getLive } from "./live.ts";
import { getModels } from "./models.ts";
import { getModel } from "./models/[name].ts";
import { postPlan } from "./plan.ts";
import { deleteSession, getSession, postSession } from "./session.ts";
import { getUsage } from "./usage.ts";

const admin = (endpoint: AdminEndpoint): AdminRoute => ({ access: "admin", endpoint });

/** The admin API: one line per endpoint, each in the file that its path names. */
export const adminRoutes: readonly Route<AdminRoute>[] = [
  { method: "POST", path: "/admin/session", value: { access: "open", endpoint: postSession } },
  { method: "GET", path: "/admin/session", value: { access: "open", endpoint: getSession } },
  { method: "DELETE", path: "/admin/session", value: admin(deleteSession) },
  { method: "GET", path: "/admin/keys", value: admin(getKeys) },
  { method: "POST", path: "/admin/keys", value: admin(postKey) },
  { method: "DELETE", path: "/admin/keys/{id}", value: admin(deleteKey) },
  { method: "POST", path: "/admin/keys/{id}/rotate", value: admin(rotateKey) },
  { method: "GET", path: "/admin/config", value: admin(getConfig) },
  { method: "PUT", path: "/admin/config/{path}", value: admin(putSetting) },
  { method: "DELETE", path: "/admin/config/{path}", value: admin(deleteSetting) },
  { method: "POST", path: "/admin/config/reload", value: admin(reloadConfig) },
  { method: "GET", path: "/admin/circuits", value: admin(getCircuits) },
  { method: "POST", path: "/admin/circuits/{id}", value: admin(postCircuit) },
  { method: "GET", path: "/admin/drains", value: admin(getDrains) },
  { method: "POST", path: "/admin/drains", value: admin(postDrain) },
  { method: "DELETE", path: "/admin/drains/{name}", value: admin(deleteDrain) },
  { method: "POST", path: "/admin/cost", value: admin(postCost) },
  { method: "POST", path: "/admin/plan", value: admin(postPlan) },
  { method: "POST", path: "/admin/erase", value: admin(postErase) },
  { method: "POST", path: "/admin/explain", value: admin(postExplain) },
  { method: "GET", path: "/admin/budgets", value: admin(getBudgets) },
  { method: "GET", path: "/admin/models", value: admin(getModels) },
  { method: "GET", path: "/admin/models/{name}", value: admin(getModel) },
  { method: "GET", path: "/admin/usage", value: admin(getUsage) },
  { method: "GET", path: "/admin/audit", value: admin(getAudit) },
  { method: "GET", path: "/admin/audit/verify", value: admin(verifyAudit) },
  { method: "GET", path: "/admin/ledger", value: admin(getLedger) },
  { method: "GET", path: "/admin/ledger/verify", value: admin(verifyLedger) },
  { method: "GET", path: "/admin/live", value: admin(getLive) },
  { method: "GET", path: "/admin/first-call", value: admin(getFirstCall) },
];
