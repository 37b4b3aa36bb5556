import type { Config } from "./schema.ts";

/**
 * What may change while the program runs. The rest is read once: sockets, files and threads that
 * were opened by it are not opened again.
 */
export const changes = {
  env: "restart",
  listen: "restart",
  data: "restart",
  storage: "restart",
  processes: "restart",
  log: "live",
  features: "restart",
  egress: "restart",
  providers: "live",
  models: "live",
  retryBudget: "live",
  drained: "live",
  chat: "restart",
  moderations: "live",
  prices: "live",
  tenants: "live",
  issuers: "restart",
  cache: "live",
  idempotency: "live",
  streams: "restart",
  ledger: "live",
  shedding: "live",
  admin: "restart",
  automation: "restart",
  manga: "restart",
} as const satisfies Record<keyof Config, "live" | "restart">;

export type ChangedBy = (typeof changes)[keyof typeof changes];
