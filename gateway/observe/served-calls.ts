import type { ModelEntry } from "../model-entry.ts";
import type { Target } from "../target.ts";

/**
 * How many calls of each name each target has served since the process began. Names of one target
 * are not counted: there is nothing to share, and under a wildcard clients choose the names.
 */
export class ServedCalls {
  readonly #names = new Map<string, Map<string, number>>();

  count({ name, pools }: Pick<ModelEntry, "name" | "pools">, { id }: Pick<Target, "id">): void {
    if (pools.length < 2 && (pools[0]?.targets.length ?? 0) < 2) return;
    const served = this.#names.get(name) ?? new Map<string, number>();
    served.set(id, (served.get(id) ?? 0) + 1);
    this.#names.set(name, served);
  }

  by(name: string, { id }: Pick<Target, "id">): number {
    return this.#names.get(name)?.get(id) ?? 0;
  }
}
