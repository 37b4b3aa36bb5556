/** So many of a tenant have figures of their own in a day. */
const namesPerDay = { agent: 100, alias: 500 };

/** Whoever comes later in the day. */
export const otherName = "other";

const dayMs = 86_400_000;

/**
 * Which names stand in roll-ups: clients choose those of agents, and under wildcards those of
 * models. A new name with each call would make a row of each, which every sum has to read.
 */
export class RollupNames {
  readonly #most: Readonly<Record<keyof typeof namesPerDay, number>>;
  #day = -1;
  readonly #known = new Map<string, Set<string>>();

  constructor(most: Readonly<Record<keyof typeof namesPerDay, number>> = namesPerDay) {
    this.#most = most;
  }

  /** The name itself, or `other`. `kind` and tenant have names of their own. */
  of(kind: keyof typeof namesPerDay, { tenant, name }: NamedBy, timeMs: number): string {
    if (name === "") return name;
    const day = Math.floor(timeMs / dayMs);
    if (day > this.#day) {
      this.#known.clear();
      this.#day = day;
    }
    const owner = `${kind} ${tenant}`;
    const names = this.#known.get(owner) ?? new Set<string>();
    if (names.has(name)) return name;
    if (names.size >= this.#most[kind]) return otherName;
    this.#known.set(owner, names.add(name));
    return name;
  }
}

interface NamedBy {
  readonly tenant: string;
  readonly name: string;
}
