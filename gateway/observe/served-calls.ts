import type { ModelEntry } from "../model-entry.ts";
import type { Target } from "../target.ts";

/**
 * How many calls of each name each target has served since the process began. Not counted are names
 * of one target, where there is nothing to share, and those of wildcards, which clients choose.
 */
export class ServedCalls {
  readonly #names = new Map<string, Map<string, number>>();

  count(
    { name, pools, branch }: Pick<ModelEntry, "name" | "pools" | "branch">,
    { id }: Pick<Target, "id">,
  ): void {
    const [first] = pools;
    // A wildcard's pool has the name of its pattern.
    const isShared =
      branch !== undefined ||
      pools.length > 1 ||
      (first?.name === name && first.targets.length > 1);
    if (!isShared) return;
    const served = this.#names.get(name) ?? new Map<string, number>();
    served.set(id, (served.get(id) ?? 0) + 1);
    this.#names.set(name, served);
  }

  by(name: string, { id }: Pick<Target, "id">): number {
    return this.#names.get(name)?.get(id) ?? 0;
  }
}
