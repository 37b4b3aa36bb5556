import { type ConfigPath, isBelow } from "../config-path.ts";
import type { Finding } from "../problem.ts";

/** Places of a configuration whose fault is told: what else is said of them follows from it. */
export class BlindSpots {
  readonly #paths: ConfigPath[] = [];

  add(path: ConfigPath): void {
    this.#paths.push(path);
  }

  /** Is it one of them, in one of them, or around one? */
  touches(path: ConfigPath): boolean {
    return this.#paths.some((blind) => isBelow(path, blind) || isBelow(blind, path));
  }

  /**
   * May a finding follow from what is told already? One that does not say what else it is about is
   * taken to be about all that stands beside it: limits that contradict each other, a key that is
   * missing since it was misspelt.
   */
  hides({ path, about }: Finding): boolean {
    if (this.touches(path)) return true;
    if (about !== undefined) return about.some((each) => this.touches(each));
    const parent = path.slice(0, -1);
    return this.#paths.some((blind) => blind.length === path.length && isBelow(blind, parent));
  }
}
