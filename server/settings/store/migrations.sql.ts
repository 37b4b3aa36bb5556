import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Steps for run-time settings: numbers 900 to 949. */
export const settingsMigrations: readonly Migration[] = [
  {
    number: 900,
    name: "settings",
    sql: `CREATE TABLE settings (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      path TEXT NOT NULL UNIQUE,
      change TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      by TEXT NOT NULL
    ) STRICT`,
  },
  {
    // Counts what changes in settings, and how often somebody had the file read again: other
    // processes look at it. A change made by the settings of before fails on the view.
    number: 910,
    name: "settings_changes",
    sql: `CREATE TABLE settings_changes (
      one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL, reloads INTEGER NOT NULL
    ) STRICT;
    INSERT INTO settings_changes VALUES (1, 0, 0);
    ${["INSERT", "UPDATE", "DELETE"]
      .map(
        (change) => `CREATE TRIGGER count_setting_${change.toLowerCase()}
      AFTER ${change} ON settings BEGIN
      UPDATE settings_changes SET count = count + 1;
    END;`,
      )
      .join("\n    ")}
    CREATE VIEW settings_expected AS SELECT count FROM settings_changes;
    CREATE TRIGGER expect_settings INSTEAD OF INSERT ON settings_expected BEGIN
      SELECT RAISE(ABORT, 'the settings have changed') WHERE NEW.count <>
        (SELECT count FROM settings_changes);
    END`,
  },
];
