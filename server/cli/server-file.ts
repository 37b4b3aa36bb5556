import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionValues } from "./option-values.ts";
import { cliFailure, type Terminal } from "./terminal.ts";

/** `<data>/server.json`, written by a server while it runs. */
export interface ServerFile {
  readonly pid: number | null;
  readonly adminUrl: string;
}

/** The data folder that a command is about. */
export const dataFolder = (options: OptionValues, { env }: Terminal): string =>
  options.text("data") ?? (env["SEKISHO_DATA"] || "./data");

/** Who runs on this data folder; null when nobody wrote that down. */
export function readServerFile(folder: string): ServerFile | null {
  const path = join(folder, "server.json");
  const file = readJson(path);
  if (file === null) return null;
  const adminUrl = field(file, "adminUrl");
  if (typeof adminUrl !== "string") {
    throw cliFailure("failed", `Cannot read ${path}: it names no adminUrl; use --url`);
  }
  const pid = field(file, "pid");
  return { pid: typeof pid === "number" ? pid : null, adminUrl };
}

/** The admin key of the first start; null once `keys rotate` removed the file. */
export function readFirstRunAdminKey(folder: string): string | null {
  const key = field(readJson(join(folder, "first-run.json")), "adminKey");
  return typeof key === "string" ? key : null;
}

const field = (file: unknown, name: string): unknown =>
  typeof file === "object" && file !== null ? Reflect.get(file, name) : undefined;

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    // Without the cause's text: a JSON error quotes the file, and keys may stand in it.
    const why = error instanceof SyntaxError ? "it is not valid JSON" : String(code);
    throw cliFailure("failed", `Cannot read ${path}: ${why}`);
  }
};
