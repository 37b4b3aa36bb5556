import type { Route } from "@sekisho/lib/http/router.ts";
import type { AdminEndpoint } from "./admin-request.ts";
import { getCircuits } from "./circuits.ts";
import { postCircuit } from "./circuits/[id].ts";
import { getConfig } from "./config.ts";
import { deleteSetting, putSetting } from "./config/[path].ts";
import { reloadConfig } from "./config/reload.ts";
import { getKeys, postKey } from "./keys.ts";
import { deleteKey } from "./keys/[id].ts";
import { rotateKey } from "./keys/[id]/rotate.ts";
import { getUsage } from "./usage.ts";

/** The admin API: one line per endpoint, each in the file that its path names. */
export const adminRoutes: readonly Route<AdminEndpoint>[] = [
  { method: "GET", path: "/admin/keys", value: getKeys },
  { method: "POST", path: "/admin/keys", value: postKey },
  { method: "DELETE", path: "/admin/keys/{id}", value: deleteKey },
  { method: "POST", path: "/admin/keys/{id}/rotate", value: rotateKey },
  { method: "GET", path: "/admin/config", value: getConfig },
  { method: "PUT", path: "/admin/config/{path}", value: putSetting },
  { method: "DELETE", path: "/admin/config/{path}", value: deleteSetting },
  { method: "POST", path: "/admin/config/reload", value: reloadConfig },
  { method: "GET", path: "/admin/circuits", value: getCircuits },
  { method: "POST", path: "/admin/circuits/{id}", value: postCircuit },
  { method: "GET", path: "/admin/usage", value: getUsage },
];
