import assert from "node:assert/strict";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { readEnvironment } from "../../config/loading/environment.ts";
import { loadConfig } from "../../config/loading/load-config.ts";
import { diskOf } from "../../config/loading/text-fixture.ts";
import { RunTimeConfig } from "../../settings/run-time-config.ts";

/** The configuration of a running server whose file says this; its store forgets everything. */
export function runTimeOf(
  file: object,
  variables: Readonly<Record<string, string>> = {},
): RunTimeConfig {
  const settled = () => Promise.resolve();
  const writer: Writer = { commit: settled, enqueue: () => {}, flush: settled, close: settled };
  const readFile = diskOf({ "sekisho.yaml": JSON.stringify(file) });
  const environment = readEnvironment(variables);
  const load = () => loadConfig({ environment, flags: { config: "sekisho.yaml" }, readFile });
  const base = load();
  assert.ok(base.ok, JSON.stringify(base));
  const none = { sql: "", params: [] };
  const parts = {
    load,
    secrets: { variables, readFile },
    store: { put: () => none, drop: () => none },
    writer,
    clock: new VirtualClock(),
    prepare: async () => () => {},
    warned: () => {},
  };
  return new RunTimeConfig(parts, base.value, []);
}
