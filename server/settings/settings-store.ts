import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { ConfigChange } from "../config/overrides.ts";

/** One change of the configuration made at run time (CFG-3), with who made it and when. */
export interface StoredSetting {
  readonly change: ConfigChange;
  readonly atMs: number;
  /** The id of the admin key. */
  readonly by: string;
}

/** Where settings are kept: one per path, in the order in which they were made. */
export interface SettingsStore {
  /** Puts a setting at the end, in the place of an older one at the same path. */
  put(setting: StoredSetting): Write;
  drop(path: string): Write;
}
