import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { FirstRunKeys } from "@sekisho/gateway/identity/first-run.ts";
import type { Config } from "../../config/schema.ts";
import { openBooks } from "../gateway/books.ts";
import type { DataFolder } from "../storage/data-folder.ts";
import { standardParts } from "../gateway/gateway-parts.ts";
import { openIdentity } from "../identity/identity.ts";
import type { ProcessPorts } from "../process/process-ports.ts";
import { openStorage } from "../storage/storage.ts";

/**
 * Brings a data folder to where several processes can begin: the file up to date, the keys of the
 * first start made, and every call closed that was open, since none of the processes before lives.
 * Returns the keys that are shown.
 */
export async function prepareFolder(
  folder: DataFolder,
  config: Config,
  ports: Pick<ProcessPorts, "clock" | "random" | "log">,
): Promise<FirstRunKeys> {
  const path = folder.file("sekisho.db");
  await using storage = await openStorage({ ...ports, path, role: "keeper", crashAt: null });
  const { shown } = await openIdentity({ ...ports, folder, storage }, config);
  await openBooks({ ...ports, ...storage, metrics: new Metrics() }, standardParts, () => noLimits);
  return shown;
}

const noLimits = { accounts: [], request: null };
