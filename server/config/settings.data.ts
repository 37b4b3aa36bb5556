import type { ConfigPath } from "./config-path.ts";

interface SettingRow {
  readonly variable: string;
  /** Without the leading `--`. */
  readonly flag: string;
  readonly path: ConfigPath;
}

/** Values that a variable or a flag may set; a flag wins over its variable. */
export const settingRows = [
  { variable: "SEKISHO_ENV", flag: "env", path: ["env"] },
  { variable: "SEKISHO_HOST", flag: "host", path: ["listen", "host"] },
  { variable: "SEKISHO_PORT", flag: "port", path: ["listen", "port"] },
  {
    variable: "SEKISHO_ADMIN_PORT",
    flag: "admin-port",
    path: ["listen", "adminPort"],
  },
  { variable: "SEKISHO_PUBLIC", flag: "public", path: ["listen", "public"] },
  { variable: "SEKISHO_DATA", flag: "data", path: ["data"] },
  { variable: "SEKISHO_PROCESSES", flag: "processes", path: ["processes"] },
  { variable: "SEKISHO_LOG_LEVEL", flag: "log-level", path: ["log", "level"] },
] as const satisfies readonly SettingRow[];

/** Names the file itself. */
export const fileSetting = { variable: "SEKISHO_CONFIG", flag: "config" } as const;
