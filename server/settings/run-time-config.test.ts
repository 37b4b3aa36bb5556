import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Durability, Write, Writer } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { readEnvironment } from "../config/loading/environment.ts";
import { loadConfig } from "../config/loading/load-config.ts";
import type { ConfigProblem } from "../config/problem.ts";
import type { Config } from "../config/schema.ts";
import { RunTimeConfig } from "./run-time-config.ts";
import type { SettingsStore, StoredSetting } from "./settings-store.ts";

const fileWith = (attempts: object, more: object = {}): string => {
  const targets = [{ provider: "up", model: "m" }];
  const provider = { kind: "openai-compatible", baseUrl: "http://127.0.0.1:9" };
  const models = { fast: { targets, attempts } };
  return JSON.stringify({ providers: { up: provider }, models, ...more });
};

/** Keeps settings as a list, and does what each write says when it is committed. */
class ListStore implements SettingsStore {
  settings: StoredSetting[] = [];
  put(setting: StoredSetting): Write {
    return { sql: "put", params: [JSON.stringify(setting)] };
  }
  drop(path: string): Write {
    return { sql: "drop", params: [path] };
  }
  run({ sql, params: [param] }: Write): void {
    const text = String(param);
    if (sql === "put") this.settings.push(JSON.parse(text));
    else this.settings = this.settings.filter(({ change }) => change.path !== text);
  }
}

const makeRunTime = (settings: readonly StoredSetting[] = []) => {
  const machine = { file: fileWith({ max: 5 }), overlay: "", isDiskFull: false, whyNot: "" };
  const store = new ListStore();
  const levels: Durability[] = [];
  const live: Config[] = [];
  const told: string[][] = [];
  const commit = async (writes: readonly Write[], level: Durability): Promise<void> => {
    await Promise.resolve();
    if (machine.isDiskFull) throw new Failure("storage_unavailable", "Cannot commit: disk full");
    levels.push(level);
    for (const write of writes) store.run(write);
  };
  const unused = () => Promise.resolve();
  const writer: Writer = { commit, enqueue: () => {}, flush: unused, close: unused };
  const readFile = (path: string): Uint8Array => {
    if (path === "sekisho.yaml") return Buffer.from(machine.file);
    if (path === "sekisho.dev.yaml" && machine.overlay !== "") return Buffer.from(machine.overlay);
    throw Object.assign(new Error("not found"), { code: "ENOENT" });
  };
  const environment = readEnvironment({});
  const load = () => loadConfig({ environment, flags: { config: "sekisho.yaml" }, readFile });
  const prepare = async (config: Config) => {
    if (machine.whyNot !== "") throw new Failure("invalid_value", machine.whyNot);
    return () => void live.push(config);
  };
  const base = load();
  assert.ok(base.ok);
  const secrets = { variables: { KEY: "k".repeat(32) }, readFile };
  const warned = (warnings: readonly ConfigProblem[]) =>
    void told.push(warnings.map(({ sentence }) => sentence));
  const clock = new VirtualClock();
  const parts = { load, secrets, store, writer, clock, prepare, warned };
  const runTime = new RunTimeConfig(parts, base.value, settings);
  return { runTime, machine, store, levels, live, told };
};

const shown = (runTime: RunTimeConfig, path: string) => {
  const found = runTime.show().values.find((each) => each.path === path);
  return found === undefined ? null : [found.value, found.origin];
};

const set = (runTime: RunTimeConfig, path: string, value: unknown): Promise<void> =>
  runTime.set({ path, value }, { by: "key_1" });

const triesOf = (config: Config | undefined): number | null => {
  const fast = config?.models["fast"];
  return fast !== undefined && "attempts" in fast ? fast.attempts.max : null;
};

test("CFG-3 a change wins over the file, is stored at power durability and live", async () => {
  const { runTime, store, levels, live } = makeRunTime();
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["5", "file"]);
  await set(runTime, "models.fast.attempts.max", 7);
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["7", "admin"]);
  assert.deepEqual(levels, ["power"]);
  assert.equal(triesOf(live.at(-1)), 7);
  assert.equal(triesOf(runTime.config), 7);
  assert.deepEqual(store.settings[0]?.by, "key_1");
});

test("CFG-3 what was stored is in force at the next start", async () => {
  const first = makeRunTime();
  await set(first.runTime, "models.fast.attempts.max", 7);
  const second = makeRunTime(first.store.settings);
  assert.deepEqual(shown(second.runTime, "models.fast.attempts.max"), ["7", "admin"]);
});

test("CFG-3 unset gives the file its say back", async () => {
  const { runTime, store } = makeRunTime();
  await set(runTime, "models.fast.attempts.max", 7);
  await runTime.unset("models.fast.attempts.max");
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["5", "file"]);
  assert.deepEqual(store.settings, []);
  await assert.rejects(runTime.unset("models.fast.attempts.max"), { code: "not_found" });
});

test("CFG-3 setting a section drops what was set below it", async () => {
  const { runTime, store } = makeRunTime();
  await set(runTime, "models.fast.attempts.max", 7);
  await set(runTime, "models.fast.defaults.maxTokens", 9);
  await set(runTime, "models.fast.attempts", { backoffMs: 500 });
  assert.deepEqual(
    store.settings.map(({ change }) => change.path),
    ["models.fast.defaults.maxTokens", "models.fast.attempts"],
  );
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["3", "default"]);
});

const refusedChanges: readonly (readonly [path: string, value: unknown, why: RegExp])[] = [
  ["models.fast.attempts.max", "soon", /models\.fast\.attempts\.max/],
  ["models.fast.attempts.max", -1, /models\.fast\.attempts\.max/],
  ["models.fast.attempts.maks", 7, /max/],
  ["nothing", 1, /nothing/],
  ["listen.port", 9090, /restart/],
  ["", 1, /no path/],
  ["a b", 1, /no path/],
  ["__proto__.polluted", true, /__proto__/],
  ["models", JSON.parse('{"__proto__": {"a": 1}}'), /__proto__/],
  ["tenants.acme", { keys: [{ id: "k", secret: "in-the-clear" }] }, /secret/],
];

for (const [path, value, why] of refusedChanges) {
  test(`CFG-3 ${path} cannot be ${JSON.stringify(value)}, and nothing changes`, async () => {
    const { runTime, store, live } = makeRunTime();
    const before = JSON.stringify(runTime.show());
    const fault = { code: "invalid_value", message: why };
    await assert.rejects(set(runTime, path, value), fault);
    assert.equal(JSON.stringify(runTime.show()), before);
    assert.deepEqual([store.settings, live], [[], []]);
  });
}

test("SEC-9 a refusal does not repeat a secret that was sent in the clear", async () => {
  const { runTime } = makeRunTime();
  const tenant = { keys: [{ id: "k", secret: "canary-in-the-clear" }] };
  await assert.rejects(set(runTime, "tenants.acme", tenant), (error) => {
    return error instanceof Failure && !String(error.stack).includes("canary");
  });
});

test("a change that cannot be stored or built is not made live", async () => {
  const { runTime, machine, live } = makeRunTime();
  machine.isDiskFull = true;
  await assert.rejects(set(runTime, "models.fast.attempts.max", 7), {
    code: "storage_unavailable",
  });
  machine.isDiskFull = false;
  machine.whyNot = "Cannot load key demo";
  await assert.rejects(set(runTime, "models.fast.attempts.max", 7), {
    message: /Cannot load key demo/,
  });
  assert.deepEqual(live, []);
  machine.whyNot = "";
  await set(runTime, "models.fast.attempts.max", 8);
  assert.equal(live.length, 1);
});

test("changes that arrive together are made one after the other", async () => {
  const { runTime, store } = makeRunTime();
  const values = Array.from({ length: 50 }, (_, n) => (n % 10) + 1);
  await Promise.all(values.map((value) => set(runTime, "models.fast.attempts.max", value)));
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["10", "admin"]);
  assert.equal(store.settings.length, 1);
});

const adding =
  (name: string) =>
  ({ drained }: Config): string[] => [...drained, name];

const without =
  (name: string) =>
  ({ drained }: Config): string[] =>
    drained.filter((each) => each !== name);

test("RTE-19 edits that arrive together lose nothing of one another", async () => {
  const { runTime, store } = makeRunTime();
  await Promise.all(
    ["up", "global"].map((name) => runTime.edit("drained", adding(name), { by: "key_1" })),
  );
  assert.deepEqual(runTime.config.drained, ["up", "global"]);
  await Promise.all([
    runTime.edit("drained", without("up"), { by: "key_1" }),
    runTime.edit("drained", adding("up"), { by: "key_2" }),
  ]);
  assert.deepEqual(runTime.config.drained, ["global", "up"]);
  assert.deepEqual(
    store.settings.map(({ change, by }) => [change.path, by]),
    [["drained", "key_2"]],
  );
});

test("CFG-3 an edit to what there is stores nothing, one to the file's drops it", async () => {
  const { runTime, store, live } = makeRunTime();
  assert.equal(await runTime.edit("drained", without("up"), { by: "key_1" }), false);
  assert.deepEqual([store.settings, live], [[], []]);
  assert.equal(await runTime.edit("drained", adding("up"), { by: "key_1" }), true);
  assert.deepEqual(shown(runTime, "drained[0]"), ['"up"', "admin"]);
  await runTime.edit("drained", without("up"), { by: "key_1" });
  assert.deepEqual(shown(runTime, "drained"), ["[]", "default"]);
  assert.deepEqual(store.settings, []);
  assert.equal(live.length, 2);
});

test("CFG-3 an edit to the file's value is stored where what is set above it differs", async () => {
  const { runTime } = makeRunTime();
  const path = "models.fast.attempts.max";
  const edit = (value: number) => runTime.edit(path, () => value, { by: "key_1" });
  await set(runTime, "models.fast.attempts", { max: 2 });
  await edit(7);
  await edit(5);
  assert.deepEqual(shown(runTime, path), ["5", "admin"]);
});

test("CFG-3 an edit that does not hold, or throws, changes nothing", async () => {
  const { runTime, store } = makeRunTime();
  await assert.rejects(runTime.edit("drained", adding("upp"), { by: "key_1" }), {
    code: "invalid_value",
    message: /"upp" is no region and no provider; the nearest is "up"/,
  });
  const refuses = (): never => {
    throw new Failure("not_found", "no");
  };
  await assert.rejects(runTime.edit("drained", refuses, { by: "key_1" }), { code: "not_found" });
  assert.deepEqual(store.settings, []);
});

test("at most 100 changes wait, the next is refused as overload", async () => {
  const { runTime } = makeRunTime();
  const changes = Array.from({ length: 101 }, () => set(runTime, "models.fast.attempts.max", 1));
  const results = await Promise.allSettled(changes);
  const refused = results.filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 1);
  await set(runTime, "models.fast.attempts.max", 2);
});

test("OPS-3 a reload takes the file as it is now, under what was set at run time", async () => {
  const { runTime, machine, live } = makeRunTime();
  await set(runTime, "models.fast.attempts.backoffMs", 1000);
  machine.file = fileWith({ max: 9, backoffMs: 2000 });
  await runTime.reload();
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["9", "file"]);
  assert.deepEqual(shown(runTime, "models.fast.attempts.backoffMs"), ["1000", "admin"]);
  assert.equal(live.length, 2);
});

test("CFG-3 a key set at run time whose model has left the file holds up no change", async () => {
  const { runTime, machine, store, told } = makeRunTime();
  const targets = [{ provider: "up", model: "m" }];
  machine.file = fileWith({}, { models: { fast: { targets }, old: { targets } } });
  await runTime.reload();
  const key = (...models: string[]) => ({ id: "web", secret: "env:KEY", models });
  await set(runTime, "tenants.acme", { keys: [key("old", "fast")] });
  machine.file = fileWith({ max: 5 });
  await runTime.reload();
  const gone = (place: string, name: string) =>
    `tenants.acme.keys[0].models[${place}]: "${name}" is no model; the nearest is "fast"`;
  assert.ok(told.at(-1)?.includes(gone("0", "old")));
  await set(runTime, "models.fast.attempts.max", 7);
  await set(runTime, "tenants.acme", { keys: [key("old", "fast")], budgets: [] });
  await assert.rejects(set(runTime, "tenants.acme.keys", [key("old", "fats")]), (error) => {
    assert.ok(error instanceof Failure);
    assert.ok(error.message.includes(gone("1", "fats")) && !error.message.includes('"old"'));
    return true;
  });
  assert.deepEqual(
    runTime.warnings.map(({ sentence }) => sentence).filter((each) => each.includes("keys")),
    [gone("0", "old")],
  );
  const later = makeRunTime(store.settings);
  assert.deepEqual(later.told, [[gone("0", "old")]]);
});

test("SEC-9 a plain secret is refused also where the file has one", async () => {
  const { runTime, machine, store } = makeRunTime();
  const targets = [{ provider: "up", model: "m" }];
  const key = (secret: string) => ({ id: "web", secret });
  const tenants = { acme: { keys: [key("f".repeat(32))] } };
  machine.file = fileWith({}, { env: "dev", models: { fast: { targets } }, tenants });
  await runTime.reload();
  const plain = /plain text/;
  await assert.rejects(set(runTime, "tenants.acme.keys", [key("s".repeat(32))]), plain);
  assert.deepEqual(store.settings, []);
});

test("OPS-3 a reload of a broken file keeps the last good one", async () => {
  const { runTime, machine } = makeRunTime();
  for (const file of [fileWith({ max: "soon" }), "{", "models: { a: { targets: [] } }"]) {
    machine.file = file;
    await assert.rejects(runTime.reload(), { code: "invalid_value" });
    assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["5", "file"]);
  }
});

test("OPS-3 a reload reads the overlay too, and keeps the last one that held", async () => {
  const { runTime, machine, live } = makeRunTime();
  machine.overlay = "models: { fast: { attempts: { max: 2 } } }";
  await runTime.reload();
  assert.equal(runTime.show().overlay, "sekisho.dev.yaml");
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["2", "overlay"]);
  assert.equal(triesOf(live.at(-1)), 2);
  machine.overlay = "models: { fast: { attempts: { max: 0 } } }";
  const fault = { code: "invalid_value", message: /sekisho\.dev\.yaml:1: models\.fast/ };
  await assert.rejects(runTime.reload(), fault);
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["2", "overlay"]);
  machine.overlay = "";
  await runTime.reload();
  assert.deepEqual(shown(runTime, "models.fast.attempts.max"), ["5", "file"]);
});

test("OPS-3 a reload names what takes effect at the next start only", async () => {
  const { runTime, machine } = makeRunTime();
  assert.deepEqual(runTime.show().restart, []);
  machine.file = fileWith({ max: 5 }, { listen: { port: 9090 } });
  await runTime.reload();
  assert.deepEqual(runTime.show().restart, ["listen.port"]);
});

test("stored settings that no longer hold fail the start with a sentence that names them", () => {
  const setting = {
    change: { path: "models.fast.attempts.max", value: "soon" },
    atMs: 0,
    by: "key_1",
  };
  assert.throws(() => makeRunTime([setting]), /set at run time[^]*models\.fast\.attempts\.max/);
});
