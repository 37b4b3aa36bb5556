import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { formatPath, isBelow, parsePath, type ConfigPath } from "../config/config-path.ts";
import type { ConfigSource } from "../config/config-source.ts";
import { applyOverrides, keysForRestart, type ConfigChange } from "../config/overrides.ts";
import { describeProblems, type Outcome } from "../config/problem.ts";
import type { LoadedConfig } from "../config/resolve-config.ts";
import type { Config } from "../config/schema.ts";
import { valueAt } from "../config/schema/schema-walk.ts";
import type { SecretSources } from "../config/secret-reference.ts";
import { showConfig, type ShownValue } from "../config/show-config.ts";
import type { SettingsStore, StoredSetting } from "./settings-store.ts";

const maxWaitingChanges = 100;

export interface RunTimeConfigParts {
  /** File, environment and flags, read anew. */
  load(): Outcome<LoadedConfig>;
  readonly secrets: SecretSources;
  readonly store: SettingsStore;
  readonly writer: Writer;
  readonly clock: Clock;
  /**
   * Builds what a configuration asks for and returns the function that makes it live, which must
   * not fail. Rejects with Failure `invalid_value` when it cannot be built.
   */
  prepare(config: Config, source: ConfigSource): Promise<() => void>;
}

/** What is to be durable together with a change, or not at all: its audit row. */
export interface ChangeCompany {
  readonly also?: readonly Write[];
}

/** Whose change it is. */
export interface ChangeOrder extends ChangeCompany {
  readonly by: string;
}

const alone: ChangeCompany = {};

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
  #current: LoadedConfig;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `base` as `load` gave it at the start. Throws when the stored settings do not hold over it. */
  constructor(parts: RunTimeConfigParts, base: LoadedConfig, settings: readonly StoredSetting[]) {
    this.#parts = parts;
    this.#base = base;
    this.#settings = settings;
    const outcome = applyOverrides(base, changesOf(settings), parts.secrets);
    if (!outcome.ok) {
      const why = describeProblems(outcome.problems);
      throw new Error(
        `Cannot apply what was set at run time; change the file so it holds:\n${why}`,
      );
    }
    this.#current = outcome.value;
    this.#started = outcome.value.config;
  }

  get config(): Config {
    return this.#current.config;
  }

  /** What the configuration in force was made of. */
  get source(): ConfigSource {
    return this.#current.source;
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
    await this.#inTurn(() => this.#set({ ...change, path }, order));
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
    return await this.#inTurn(async () => {
      const value = edit(this.config);
      if (isSame(value, valueAt(this.config, keys))) return false;
      const isSet = this.#settings.some(({ change }) => change.path === path);
      if (isSet && isSame(value, valueAt(this.#base.config, keys))) await this.#unset(path, order);
      else await this.#set({ path, value }, order);
      return true;
    });
  }

  /** Drops what was set at exactly this path. Throws Failure `not_found` or `invalid_value`. */
  async unset(path: string, order: ChangeCompany = alone): Promise<void> {
    const name = formatPath(readPath(path));
    await this.#inTurn(() => this.#unset(name, order));
  }

  /** Reads file and environment again. Throws Failure `invalid_value`; the last good is kept. */
  async reload({ also = [] }: ChangeCompany = alone): Promise<void> {
    await this.#inTurn(async () => {
      const base = this.#parts.load();
      if (!base.ok) {
        const why = describeProblems(base.problems);
        throw new Failure<Code>("invalid_value", `Cannot reload the configuration: ${why}`);
      }
      const [next, enact] = await this.#prepare(base.value, this.#settings);
      if (also.length > 0) await this.#parts.writer.commit(also, "power");
      enact();
      this.#base = base.value;
      this.#current = next;
    });
  }

  async #set(change: ConfigChange, { by, also = [] }: ChangeOrder): Promise<void> {
    const { store, clock } = this.#parts;
    const setting = { change, atMs: clock.wallMs(), by };
    // It replaces all that is below its path, so what was set there has no effect any more.
    const [covered, kept] = split(this.#settings, readPath(change.path));
    const writes = covered.map((old) => store.drop(old.change.path));
    await this.#change([...kept, setting], [...writes, store.put(setting), ...also]);
  }

  async #unset(name: string, { also = [] }: ChangeCompany): Promise<void> {
    const kept = this.#settings.filter(({ change }) => change.path !== name);
    if (kept.length === this.#settings.length) {
      const known = this.#settings.map(({ change }) => change.path).join(", ") || "nothing";
      throw new Failure<Code>(
        "not_found",
        `Cannot unset ${name}: it is not set at run time; ${known} is`,
      );
    }
    await this.#change(kept, [this.#parts.store.drop(name), ...also]);
  }

  /** Validated, then durable, then live. */
  async #change(settings: readonly StoredSetting[], writes: readonly Write[]): Promise<void> {
    const [next, enact] = await this.#prepare(this.#base, settings);
    await this.#parts.writer.commit(writes, "power");
    enact();
    this.#settings = settings;
    this.#current = next;
  }

  async #prepare(
    base: LoadedConfig,
    settings: readonly StoredSetting[],
  ): Promise<[LoadedConfig, () => void]> {
    const outcome = applyOverrides(base, changesOf(settings), this.#parts.secrets);
    const problems = outcome.ok ? settingFaults(outcome.warnings, settings) : outcome.problems;
    if (!outcome.ok || problems.length > 0) {
      const why = describeProblems(problems);
      throw new Failure<Code>("invalid_value", `Cannot change the configuration: ${why}`);
    }
    const { config, source } = outcome.value;
    return [outcome.value, await this.#parts.prepare(config, source)];
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

/**
 * Secrets in the clear are a warning in a file of `env: dev`; settings are stored, and a store
 * holds references alone (SEC-9). Whatever else a file is warned of is refused of a setting too.
 */
const settingFaults = <T extends { readonly path: string }>(
  warnings: readonly T[],
  settings: readonly StoredSetting[],
): T[] =>
  warnings.filter((warning) => {
    const path = parsePath(warning.path);
    return path !== null && settings.some(({ change }) => isBelow(path, readPath(change.path)));
  });
