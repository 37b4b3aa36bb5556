import { rmSync, writeFileSync } from "node:fs";
import type { DataFolder } from "../storage/data-folder.ts";
import type { Addresses } from "./listeners.ts";

/** Notes in the data folder where this process serves, for the command line; gone when it stops. */
export function writeServerFile(folder: DataFolder, addresses: Addresses): Disposable {
  const path = folder.file("server.json");
  const facts = { pid: process.pid, adminUrl: addresses.admin, urls: { api: addresses.api } };
  writeFileSync(path, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}
