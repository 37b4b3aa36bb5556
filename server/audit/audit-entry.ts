import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { AuditDetails } from "./changed-value.ts";
import type { SplitEvent } from "@sekisho/wire/admin/splits.ts";

/** One change that an administrator made: who did what to which object. */
export interface AuditEntry {
  readonly event:
    | "admin.key.created"
    | "admin.key.rotated"
    | "admin.key.limited"
    | "admin.key.revoked"
    | "admin.config.set"
    | "admin.config.unset"
    | "admin.config.reloaded"
    | "admin.place.drained"
    | "admin.place.undrained"
    | `admin.circuit.${CircuitCommand}`
    | `admin.split.${SplitEvent}`
    | "admin.session.opened"
    | "admin.session.closed"
    | "admin.person.erased"
    | "admin.cache.purged"
    | "admin.idempotency.forgotten"
    | "test.failures.enabled"
    | "test.failures.disabled";
  /**
   * The id of a key, call or circuit, a region or provider, a split or an arm of it (`ab/fast`), a
   * path of the configuration, a tenant, a pseudonym, or what was made to fail; never a value,
   * for which there are `details`.
   */
  readonly object: string;
  /**
   * The id of the admin key, `loopback` where callers on this machine need none, `first start` for
   * the keys that it makes, `SIGHUP` for who signalled the process, `automatic` for what a split
   * does by itself: its reason is in the split's changes under the same request.
   */
  readonly by: string;
  readonly requestId: string;
  /** Old and new value, where a value of the configuration was changed at run time. */
  readonly details?: AuditDetails;
}
