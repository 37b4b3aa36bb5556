import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { readEnvironment } from "../../config/loading/environment.ts";
import { loadConfig } from "../../config/loading/load-config.ts";
import { RunTimeConfig } from "../run-time-config.ts";
import { settingsMigrations } from "./migrations.sql.ts";
import { loadSettings, sharedSettings, sqliteSettingsStore } from "./sqlite.ts";

/** Two processes on one file, each with the configuration as it knows it. */
function setUp() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, settingsMigrations, clock);
  const reader = disk.openReader();
  const machine = { level: "info" };
  const readFile = (path: string): Uint8Array => {
    if (path === "sekisho.yaml") return Buffer.from(`{"log":{"level":"${machine.level}"}}`);
    throw Object.assign(new Error("not found"), { code: "ENOENT" });
  };
  const environment = readEnvironment({});
  const load = () => loadConfig({ environment, flags: { config: "sekisho.yaml" }, readFile });
  const process = () => {
    const base = load();
    assert.ok(base.ok);
    const writer = new MemoryWriter({ disk, clock, onLoss: (failure) => assert.fail(failure) });
    return new RunTimeConfig(
      {
        load,
        secrets: { variables: {}, readFile },
        store: sqliteSettingsStore,
        writer,
        clock,
        shared: sharedSettings(reader),
        warned: () => {},
        prepare: async () => () => {},
      },
      base.value,
      loadSettings(reader),
    );
  };
  const done = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => {});
    await clock.elapse(10);
    return await promise;
  };
  return { machine, a: process(), b: process(), done };
}

const by = { by: "key_1" };

test("OPS-9 what one process sets, the other takes when it looks", async () => {
  const { a, b, done } = setUp();
  await done(a.set({ path: "log.level", value: "warn" }, by));
  assert.equal(b.config.log.level, "info");
  await done(b.refresh());
  assert.equal(b.config.log.level, "warn");
  await done(b.unset("log.level"));
  await done(a.refresh());
  assert.equal(a.config.log.level, "info");
});

test("OPS-9 a change is made over what the other has just changed", async () => {
  const { a, b, done } = setUp();
  const drain = (name: string) => (config: { readonly drained: readonly string[] }) => [
    ...config.drained,
    name,
  ];
  const regions = ["us-east-1", "us-west-2", "ap-northeast-1"];
  const changes = regions.map((name, index) =>
    (index % 2 === 0 ? a : b).edit("drained", drain(name), by),
  );
  await done(Promise.all(changes));
  await done(Promise.all([a.refresh(), b.refresh()]));
  assert.deepEqual(a.config.drained.toSorted(), regions.toSorted());
  assert.deepEqual(b.config.drained, a.config.drained);
});

test("OPS-9 a file that one process reads again, the other does too", async () => {
  const { machine, a, b, done } = setUp();
  machine.level = "error";
  await done(a.reload());
  await done(b.refresh());
  assert.deepEqual([a.config.log.level, b.config.log.level], ["error", "error"]);
});

test("OPS-9 a file that does not hold leaves the other as it is, and is told once", async () => {
  const { machine, a, b, done } = setUp();
  await done(a.reload());
  machine.level = "loud";
  await assert.rejects(done(b.refresh()), /Cannot reload the configuration/);
  await done(b.refresh());
  assert.equal(b.config.log.level, "info");
});
