import type { ReadAlerts } from "@sekisho/gateway/budget/budget-store.ts";
import { readAlerts } from "@sekisho/gateway/budget/store/read-alerts.ts";
import type { Storage } from "./storage.ts";

/** What was told of budgets, in the database file. */
export const alertsIn =
  ({ reader }: Pick<Storage, "reader">): ReadAlerts =>
  (query) =>
    readAlerts(reader, query);
