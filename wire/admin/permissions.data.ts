import type { StaffRole } from "./staff-roles.data.ts";

/** What one thing asks of whoever does it. */
export interface PermissionRule {
  /** The role that may do least of those that may do this. */
  readonly least: StaffRole;
  /** `tenant`: who is bound to a tenant does it there; `installation`: only who is not. */
  readonly reach: "tenant" | "installation";
  /** What it opens, for people. */
  readonly about: string;
}

/** What the admin API and the test endpoints know how to allow, and to whom (SEC-17). */
export const permissions = {
  "session.use": {
    least: "viewer",
    reach: "tenant",
    about: "sign in to the console and out, ask who one is",
  },
  "keys.read": {
    least: "viewer",
    reach: "tenant",
    about: "list the keys of clients, and one's own",
  },
  "keys.write": {
    least: "developer",
    reach: "tenant",
    about: "make, rotate and revoke keys of clients; rotate one's own key",
  },
  "staff.read": { least: "admin", reach: "tenant", about: "list admin keys" },
  "staff.write": {
    least: "admin",
    reach: "tenant",
    about: "make, rotate and revoke admin keys of one's own role or of a lesser one",
  },
  "budgets.read": {
    least: "viewer",
    reach: "tenant",
    about: "what is left of budgets, and what was told of them",
  },
  "usage.read": { least: "viewer", reach: "tenant", about: "totals of calls, tokens and cost" },
  "ledger.read": {
    least: "viewer",
    reach: "tenant",
    about: "single calls; who is bound to a tenant: its own view of them",
  },
  "idempotency.read": {
    least: "viewer",
    reach: "tenant",
    about: "which idempotency keys stand for which calls",
  },
  "idempotency.write": {
    least: "developer",
    reach: "tenant",
    about: "forget an idempotency key: the next request with it is a new call",
  },
  "cache.read": {
    least: "viewer",
    reach: "tenant",
    about: "what answers that are given again take, and what they save",
  },
  "cache.write": {
    least: "developer",
    reach: "tenant",
    about: "throw kept answers away",
  },
  "costs.read": {
    least: "viewer",
    reach: "tenant",
    about: "compute costs and plans",
  },
  "people.erase": {
    least: "admin",
    reach: "tenant",
    about: "take the name of a user or a session out of the books",
  },
  "live.read": {
    least: "viewer",
    reach: "installation",
    about: "the figures of the console",
  },
  "routing.read": {
    least: "viewer",
    reach: "installation",
    about: "models, circuits, drains, splits, `GET /test/…`",
  },
  "routing.explain": {
    least: "developer",
    reach: "installation",
    about: "what would become of a request",
  },
  "routing.write": {
    least: "admin",
    reach: "installation",
    about: "command circuits and splits, drain",
  },
  "faults.write": {
    least: "developer",
    reach: "installation",
    about: "`POST /test/enable-failures`, `POST /test/disable-failures`",
  },
  "config.read": {
    least: "viewer",
    reach: "installation",
    about: "the configuration, secrets as fingerprints",
  },
  "config.write": {
    least: "admin",
    reach: "installation",
    about: "set and drop values at run time, have the file read again",
  },
  "access.write": {
    least: "owner",
    reach: "installation",
    about:
      "values below `admin`, who may sign in and as what; none of them changes without a restart",
  },
  "books.verify": {
    least: "viewer",
    reach: "installation",
    about: "walk the chains of ledger and audit log",
  },
  "audit.read": { least: "viewer", reach: "installation", about: "who changed what" },
} as const satisfies Readonly<Record<string, PermissionRule>>;

export type Permission = keyof typeof permissions;
