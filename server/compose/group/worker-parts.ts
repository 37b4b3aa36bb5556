import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { WorkerStart } from "../../processes/messages.ts";
import type { WorkerLink } from "../../processes/worker-link.ts";
import type { DataFolder } from "../storage/data-folder.ts";

/** What makes a process one of several on a data folder. */
export interface WorkerParts {
  readonly start: WorkerStart;
  readonly link: WorkerLink;
}

/** The folder as a worker has it: its supervisor holds it for all of them. */
export const heldFolder = (path: string): DataFolder => ({
  path,
  file: (name) => join(path, name),
  [Symbol.dispose]() {},
});

/** Where a worker keeps what no other process reads: that of the worker before it in its place. */
export function ownFolder(folder: DataFolder, { start }: WorkerParts): Pick<DataFolder, "path"> {
  const path = folder.file(`worker-${start.slot}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { path };
}
