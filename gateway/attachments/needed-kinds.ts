import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { PlannedAttempt } from "../plan.ts";
import type { ClientRequest } from "../request.ts";
import { takesBytesOf } from "../target-api.ts";
import { urlUses } from "./url-uses.ts";

const allKinds: readonly MediaKind[] = ["image", "document"];

const none: ReadonlySet<MediaKind> = new Set();

/** Does this attempt translate the request, and take bytes in place of URLs of one of these? */
export const needsBytes = (
  { api }: Pick<PlannedAttempt, "api">,
  { surface }: Pick<ClientRequest, "surface">,
  kinds: Iterable<MediaKind>,
): boolean => api !== surface && [...kinds].some((kind) => takesBytesOf(api, kind));

/** What the request gives by URL and an attempt takes as bytes alone (WIR-13). */
export function neededKinds(
  request: ClientRequest,
  attempts: readonly Pick<PlannedAttempt, "api">[],
): ReadonlySet<MediaKind> {
  // Most requests name nothing that stands elsewhere, and need not be translated to learn it.
  if (request.read.facts.size.references === 0) return none;
  const kinds = allKinds.filter((kind) =>
    attempts.some((attempt) => needsBytes(attempt, request, [kind])),
  );
  if (kinds.length === 0) return none;
  const canonical = request.canonical();
  if (!canonical.ok) return none;
  return new Set(urlUses(canonical.value, new Set(kinds)).map(({ kind }) => kind));
}
