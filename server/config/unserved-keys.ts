import { unknownModel } from "./unknown-model.ts";

/** What of a key says which models it may use, and whether it is one that no file names. */
export interface ListedKey {
  readonly id: string;
  readonly origin: string;
  readonly revokedMs: number | null;
  readonly grant: { readonly tenant: string; readonly models: readonly string[] };
}

/** Nobody reads more at once. */
const mostTold = 20;

/**
 * Sentences about keys made at run time whose allow-lists name models that have left the
 * configuration: they may come back, and until then the key has one model less.
 */
export function unservedKeys(
  models: Readonly<Record<string, unknown>>,
  keys: Iterable<ListedKey>,
): string[] {
  const told: string[] = [];
  // Thousands of keys have a few names between them.
  const reasons = new Map<string, string | null>();
  let found = 0;
  for (const { id, origin, revokedMs, grant } of keys) {
    // Those of a file are told with their place in it.
    if (origin === "config" || revokedMs !== null) continue;
    for (const name of grant.models) {
      let why = reasons.get(name);
      if (why === undefined) reasons.set(name, (why = unknownModel(models, name)));
      if (why === null) continue;
      found += 1;
      if (found <= mostTold) told.push(`key ${id} of tenant ${grant.tenant}: ${why}`);
    }
  }
  if (found > mostTold) told.push(`… and ${found - mostTold} names more in lists of keys`);
  return told;
}
