import { Failure } from "@sekisho/lib/failure/failure.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { formatPath, isBelow, parsePath, type ConfigPath } from "../config/config-path.ts";
import type { ConfigSource } from "../config/trees/config-source.ts";
import { applyOverrides, keysForRestart, type ConfigChange } from "../config/loading/overrides.ts";
import { type ConfigProblem, describeProblems, type Outcome } from "../config/problem.ts";
import type { LoadedConfig } from "../config/loading/resolve-config.ts";
import type { Config } from "../config/schema.ts";
import { valueAt } from "../config/schema/schema-walk.ts";
import type { SecretSources } from "../config/loading/secret-reference.ts";
import { showConfig, type ShownValue } from "../config/loading/show-config.ts";
import type {
  KeptSettings,
  SettingsStore,
  SharedSettings,
  StoredSetting,
} from "./settings-store.ts";

const maxWaitingChanges = 100;

/** So often a change is made over settings that another process has just changed. */
const changeTurns = 5;

/** No settings are as of it. */
const unknownCount = -1;

export interface RunTimeConfigParts {
  /** File, environment and flags, read anew. */
  load(): Outcome<LoadedConfig>;
  readonly secrets: SecretSources;
  readonly store: SettingsStore;
  readonly writer: Writer;
  readonly clock: Clock;
  /** Where other processes change the settings too. */
  readonly shared?: SharedSettings;
  /**
   * Builds what a configuration asks for and returns the function that makes it live, which must
   * not fail. Rejects with Failure `invalid_value` when it cannot be built.
   */
  prepare(config: Config, source: ConfigSource): Promise<() => void>;
  /**
   * Told what the owner of a configuration should know that was just read: of the first one about
   * what was set at run time, since whoever has read the file has told the rest.
   */
  warned(warnings: readonly ConfigProblem[], config: Config): void;
}

/** A configuration that holds and was built, not yet live. */
interface Prepared {
  readonly loaded: LoadedConfig;
  readonly warnings: readonly ConfigProblem[];
  readonly enact: () => void;
}

/** What is to be durable together with a change, or not at all: its audit row. */
export interface ChangeCompany {
  readonly also?: readonly Write[];
}

/** The value at a path that a change is about, before it and after it; undefined: there is none. */
export interface ValueChange {
  readonly before: unknown;
  readonly after: unknown;
}

/** What is to be durable together with a change of a value, which may tell what it was. */
export interface ValueCompany {
  readonly also?: (change: ValueChange) => readonly Write[];
}

/** Whose change it is. */
export interface ChangeOrder extends ValueCompany {
  readonly by: string;
}

const alone: ChangeCompany & ValueCompany = {};

/** How a change is stored, at which path. */
interface SettingWrite {
  readonly path: string;
  readonly writes: readonly Write[];
  readonly also: ValueCompany["also"] | undefined;
}

/** The configuration in force, and what is known about it. */
export interface ShownConfig {
  readonly file: string | null;
  /** What the environment lays over the file. */
  readonly overlay: string | null;
  readonly values: readonly ShownValue[];
  /** Paths whose new value takes effect at the next start only. */
  readonly restart: readonly string[];
}

/**
 * The configuration of a running server (OPS-3, CFG-3): file, environment and flags, and over them
 * the settings made at run time. Each change is validated whole, then stored, then made live; one
 * that fails on the way changes nothing. Changes run one after the other.
 */
export class RunTimeConfig {
  readonly #parts: RunTimeConfigParts;
  readonly #started: Config;
  #base: LoadedConfig;
  #settings: readonly StoredSetting[];
  /** As of what the settings are; nothing where nobody else changes them. */
  #kept: Pick<KeptSettings, "count" | "reloads"> | null;
  #current: LoadedConfig;
  #warnings: readonly ConfigProblem[];
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `base` as `load` gave it at the start. Throws when the stored settings do not hold over it. */
  constructor(parts: RunTimeConfigParts, base: LoadedConfig, settings: readonly StoredSetting[]) {
    this.#parts = parts;
    this.#base = base;
    this.#settings = settings;
    this.#kept = parts.shared?.read() ?? null;
    const outcome = applyOverrides(base, changesOf(settings), parts.secrets);
    if (!outcome.ok) {
      const why = describeProblems(outcome.problems);
      throw new Error(
        `Cannot apply what was set at run time; change the file so it holds:\n${why}`,
      );
    }
    this.#current = outcome.value;
    this.#warnings = outcome.warnings;
    this.#started = outcome.value.config;
    const paths = settings.map(({ change }) => readPath(change.path));
    parts.warned(
      outcome.warnings.filter((each) => paths.some((path) => isAbout(each, path))),
      this.config,
    );
  }

  get config(): Config {
    return this.#current.config;
  }

  /** What its owner should know of the configuration in force. */
  get warnings(): readonly ConfigProblem[] {
    return this.#warnings;
  }

  /** What the configuration in force was made of. */
  get source(): ConfigSource {
    return this.#current.source;
  }

  /** Was what stands at a path set at run time, there or above it? */
  isSet(path: string): boolean {
    const keys = readPath(path);
    return this.#settings.some(({ change }) => isBelow(keys, readPath(change.path)));
  }

  show(): ShownConfig {
    const { file, overlay } = this.#current.source;
    return {
      file: file?.name ?? null,
      overlay: overlay?.name ?? null,
      values: showConfig(this.#current),
      restart: keysForRestart(this.#started, this.#current.config),
    };
  }

  /** Sets or removes one value. Throws Failure `invalid_value` with every problem of the whole. */
  async set(change: ConfigChange, order: ChangeOrder): Promise<void> {
    const path = formatPath(readPath(change.path));
    await this.#changing(() => this.#set({ ...change, path }, order));
  }

  /**
   * Sets what `edit` makes of the configuration that is in force when this change has its turn: of
   * changes made at the same time none is lost. A value that the file has anyway gives the file its
   * say back. Returns whether anything changed. Throws as `set`, and what `edit` throws.
   */
  async edit(
    path: string,
    edit: (config: Config) => unknown,
    order: ChangeOrder,
  ): Promise<boolean> {
    const keys = readPath(path);
    return await this.#changing(async () => {
      const value = edit(this.config);
      if (isSame(value, valueAt(this.config, keys))) return false;
      // What was set above it has its say before the file.
      const above = this.#settings.filter(({ change }) => isBelow(keys, readPath(change.path)));
      const isSet = above.length === 1 && above[0]?.change.path === path;
      if (isSet && isSame(value, valueAt(this.#base.config, keys))) await this.#unset(path, order);
      else await this.#set({ path, value }, order);
      return true;
    });
  }

  /** Drops what was set at exactly this path. Throws Failure `not_found` or `invalid_value`. */
  async unset(path: string, order: ValueCompany = alone): Promise<void> {
    const name = formatPath(readPath(path));
    await this.#changing(() => this.#unset(name, order));
  }

  /** Reads file and environment again. Throws Failure `invalid_value`; the last good is kept. */
  async reload({ also = [] }: ChangeCompany = alone): Promise<void> {
    await this.#inTurn(async () => {
      const base = this.#parts.load();
      if (!base.ok) {
        const why = describeProblems(base.problems);
        throw new Failure<Code>("invalid_value", `Cannot reload the configuration: ${why}`);
      }
      const next = await this.#prepare(base.value, this.#settings);
      const { shared, writer } = this.#parts;
      const writes = shared === undefined ? also : [...also, shared.reloaded()];
      if (writes.length > 0) await writer.commit(writes, "power");
      this.#enact(next);
      this.#base = base.value;
      this.#parts.warned(next.warnings, this.config);
      if (this.#kept !== null) this.#kept = { ...this.#kept, reloads: this.#kept.reloads + 1 };
    });
  }

  /**
   * Takes what other processes have changed; nothing where they have not. Throws Failure
   * `invalid_value` where it does not hold here: the last good is kept until the next change.
   */
  async refresh(): Promise<void> {
    const { shared } = this.#parts;
    if (shared === undefined || !this.#isBehind(shared)) return;
    await this.#inTurn(() => this.#refresh(shared));
  }

  #isBehind(shared: SharedSettings): boolean {
    const { count, reloads } = shared.changes();
    return count !== this.#kept?.count || reloads !== this.#kept.reloads;
  }

  async #refresh(shared: SharedSettings): Promise<void> {
    const kept = shared.read();
    const loaded = kept.reloads === this.#kept?.reloads ? null : this.#parts.load();
    // Once: what does not hold now does not hold at the next look either.
    this.#kept = kept;
    if (loaded?.ok === false) {
      const why = describeProblems(loaded.problems);
      throw new Failure<Code>("invalid_value", `Cannot reload the configuration: ${why}`);
    }
    const base = loaded === null ? this.#base : loaded.value;
    this.#enact(await this.#prepare(base, kept.settings));
    this.#base = base;
    this.#settings = kept.settings;
  }

  async #set(change: ConfigChange, { by, also }: ChangeOrder): Promise<void> {
    const { store, clock } = this.#parts;
    const setting = { change, atMs: clock.wallMs(), by };
    // It replaces all that is below its path, so what was set there has no effect any more.
    const [covered, kept] = split(this.#settings, readPath(change.path));
    const writes = covered.map((old) => store.drop(old.change.path));
    const write = { path: change.path, writes: [...writes, store.put(setting)], also };
    await this.#change([...kept, setting], write);
  }

  async #unset(name: string, { also }: ValueCompany): Promise<void> {
    const kept = this.#settings.filter(({ change }) => change.path !== name);
    if (kept.length === this.#settings.length) {
      const set = this.#settings.map(({ change }) => change.path).join(", ");
      const known = set === "" ? "nothing is" : `what is set: ${set}`;
      throw new Failure<Code>(
        "not_found",
        `Cannot unset ${name}: it is not set at run time; ${known}`,
      );
    }
    const write = { path: name, writes: [this.#parts.store.drop(name)], also };
    await this.#change(kept, write);
  }

  /** Validated, then durable, then live. */
  async #change(
    settings: readonly StoredSetting[],
    { path, writes, also }: SettingWrite,
  ): Promise<void> {
    const next = await this.#prepare(this.#base, settings);
    const keys = readPath(path);
    checkWarnings(next.warnings, keys, this.#warnings);
    const { shared, writer } = this.#parts;
    const expected = shared === undefined ? [] : [shared.expect(this.#kept?.count ?? 0)];
    const [before, after] = [this.config, next.loaded.config].map((each) => valueAt(each, keys));
    const company = also?.({ before, after }) ?? [];
    await writer.commit([...expected, ...writes, ...company], "power");
    this.#enact(next);
    this.#settings = settings;
    // Another process may have made a change right behind it: the next look reads them all.
    if (this.#kept !== null) this.#kept = { ...this.#kept, count: unknownCount };
  }

  async #prepare(base: LoadedConfig, settings: readonly StoredSetting[]): Promise<Prepared> {
    const outcome = applyOverrides(base, changesOf(settings), this.#parts.secrets);
    if (!outcome.ok) throw unfit(outcome.problems);
    const { value: loaded, warnings } = outcome;
    return { loaded, warnings, enact: await this.#parts.prepare(loaded.config, loaded.source) };
  }

  #enact({ loaded, warnings, enact }: Prepared): void {
    enact();
    this.#current = loaded;
    this.#warnings = warnings;
  }

  /** A change made over the settings of now, also where another process has just made one. */
  #changing<T>(change: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const { shared } = this.#parts;
      // An administrator's changes may meet one process after the other.
      if (shared !== undefined && this.#isBehind(shared)) await this.#refresh(shared);
      for (let turn = 1; ; turn += 1) {
        try {
          return await change();
        } catch (error) {
          if (shared === undefined || !isConflict(error) || turn === changeTurns) throw error;
          await this.#refresh(shared);
        }
      }
    });
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaitingChanges) {
      const limits = `${this.#waiting} changes wait, limit ${maxWaitingChanges}`;
      throw new Failure<Code>("overloaded", `Cannot change the configuration: ${limits}`);
    }
    this.#waiting += 1;
    const turn = this.#last.then(run).finally(() => (this.#waiting -= 1));
    this.#last = turn.catch(() => {});
    return await turn;
  }
}

const changesOf = (settings: readonly StoredSetting[]): ConfigChange[] =>
  settings.map(({ change }) => change);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const readPath = (text: string): ConfigPath => {
  const path = parsePath(text);
  if (path !== null) return path;
  const shown = JSON.stringify(text.slice(0, 200));
  throw new Failure<Code>("invalid_value", `Cannot change ${shown}: it is no path`);
};

const split = (
  settings: readonly StoredSetting[],
  path: ConfigPath,
): [covered: StoredSetting[], kept: StoredSetting[]] => {
  const isCovered = ({ change }: StoredSetting) => isBelow(readPath(change.path), path);
  return [settings.filter(isCovered), settings.filter((setting) => !isCovered(setting))];
};

const isAbout = (problem: ConfigProblem, above: ConfigPath): boolean => {
  const path = parsePath(problem.path);
  return path !== null && isBelow(path, above);
};

const unfit = (problems: readonly ConfigProblem[]): Failure<Code> =>
  new Failure<Code>(
    "invalid_value",
    `Cannot change the configuration: ${describeProblems(problems)}`,
  );

/**
 * Secrets in the clear are a warning in a file of `env: dev`; settings are stored, and a store
 * holds references alone (SEC-9). Whatever else a file is warned of is refused of a change that
 * brings it. What was set before, and means nothing since the file has changed, holds up no change.
 */
function checkWarnings(
  warnings: readonly ConfigProblem[],
  changed: ConfigPath,
  before: readonly ConfigProblem[],
): void {
  const known = new Set(before.map(({ sentence }) => sentence));
  const brought = warnings.filter((each) => isAbout(each, changed) && !known.has(each.sentence));
  if (brought.length > 0) throw unfit(brought);
}
