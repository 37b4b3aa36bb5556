import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { ConfigChange } from "../config/loading/overrides.ts";

/** One change of the configuration made at run time (CFG-3), with who made it and when. */
export interface StoredSetting {
  readonly change: ConfigChange;
  readonly atMs: number;
  /** The id of the admin key. */
  readonly by: string;
}

/** The settings of an instant. */
export interface KeptSettings {
  readonly settings: readonly StoredSetting[];
  /** Grows with each change, whichever process made it. */
  readonly count: number;
  /** How often somebody had the file read again. */
  readonly reloads: number;
}

/** Settings that several processes share. */
export interface SharedSettings {
  /** Whether there is anything to read. */
  changes(): Pick<KeptSettings, "count" | "reloads">;
  read(): KeptSettings;
  /** Conflicts when there was a change since `count`. */
  expect(count: number): Write;
  /** Has every other process read its file again. */
  reloaded(): Write;
}

/** Where settings are kept: one per path, in the order in which they were made. */
export interface SettingsStore {
  /** Puts a setting at the end, in the place of an older one at the same path. */
  put(setting: StoredSetting): Write;
  drop(path: string): Write;
}
