import { join } from "node:path";

import { buildConsole } from "./build-console.ts";
import { builtStamp, sourceStamp } from "./source-stamp.ts";

/** What became of the pages. */
export type Ensured =
  | { readonly kind: "fresh" }
  | { readonly kind: "built"; readonly seconds: number }
  | {
      readonly kind: "failed";
      /** A sentence for people. */
      readonly why: string;
      /** Is there a build of other sources? */
      readonly hasOld: boolean;
    };

/** Builds the pages of a clone when they are missing or other than their sources. */
export async function ensureConsole(root: string, began: () => void): Promise<Ensured> {
  const built = join(root, "console", "dist");
  const stamp = sourceStamp(root);
  const before = builtStamp(built);
  if (stamp === before) return { kind: "fresh" };
  const startedMs = performance.now();
  began();
  try {
    await buildConsole(built, stamp);
    return { kind: "built", seconds: (performance.now() - startedMs) / 1_000 };
  } catch (error) {
    return { kind: "failed", why: reasonOf(error), hasOld: before !== null };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isMissing = "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  return isMissing
    ? "its tools are not installed (npm ci installs them, npm ci --omit=dev does not)"
    : error.message;
}
