import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { ConfigChange } from "../../config/loading/overrides.ts";
import type { SettingsStore, SharedSettings, StoredSetting } from "../settings-store.ts";

/** REPLACE gives the row a new `seq`: it goes to the end. */
const putSql = "INSERT OR REPLACE INTO settings (path, change, at_ms, by) VALUES (?, ?, ?, ?)";

/** Settings as rows of the table `settings`. */
export const sqliteSettingsStore: SettingsStore = {
  put: ({ change: { path, ...change }, atMs, by }) => ({
    sql: putSql,
    params: [path, JSON.stringify(change), atMs, by],
  }),
  drop: (path) => ({ sql: "DELETE FROM settings WHERE path = ?", params: [path] }),
};

/** Every setting, in the order in which they were made. Throws when a row cannot be read. */
export const loadSettings = (reader: Reader): StoredSetting[] =>
  reader.all("SELECT path, change, at_ms, by FROM settings ORDER BY seq").map(settingOf);

/** The same for processes of one host on one file. */
export const sharedSettings = (reader: Reader): SharedSettings => ({
  changes: () => changesOf(reader),
  // Counted first: a change in between is read twice rather than missed.
  read: () => ({ ...changesOf(reader), settings: loadSettings(reader) }),
  expect: (count) => ({
    sql: "INSERT INTO settings_expected (count) VALUES (?)",
    params: [count],
  }),
  reloaded: () => ({ sql: "UPDATE settings_changes SET reloads = reloads + 1", params: [] }),
});

const changesOf = (reader: Reader): { readonly count: number; readonly reloads: number } => {
  const row = reader.get("SELECT count, reloads FROM settings_changes");
  return { count: Number(row?.["count"] ?? 0), reloads: Number(row?.["reloads"] ?? 0) };
};

const settingOf = ({ path, change, at_ms: atMs, by }: Row): StoredSetting => ({
  change: changeOf(String(path), JSON.parse(String(change))),
  atMs: Number(atMs),
  by: String(by),
});

const changeOf = (path: string, change: unknown): ConfigChange => {
  if (typeof change === "object" && change !== null) {
    if ("value" in change) return { path, value: change.value };
    if ("remove" in change) return { path, remove: true };
  }
  throw new Error(`Cannot load the setting ${path}: it is neither a value nor a removal`);
};
