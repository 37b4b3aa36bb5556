import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { gatewayLogFields } from "@sekisho/gateway/observe/gateway-log.ts";
import type { ToSupervisor, ToWorker } from "./messages.ts";
import { Supervisor, type WorkerProcess } from "./supervisor.ts";
import { WorkerLink } from "./worker-link.ts";

/** A worker that is only a link; what it does a test says. */
class Worker implements WorkerProcess {
  static #pids = 100;
  readonly pid = ++Worker.#pids;
  readonly link: WorkerLink;
  readonly slot: number;
  readonly #toSupervisor: ToSupervisor[] = [];
  #fromWorker: ((message: ToSupervisor) => void) | null = null;
  #toWorker: (message: ToWorker) => void = () => {};
  #exited: (how: string) => void = () => {};
  isDead = false;
  /** As by SIGSTOP. */
  isStopped = false;

  constructor(slot: number, clock: VirtualClock) {
    this.slot = slot;
    this.link = new WorkerLink(
      {
        send: (message) => {
          if (this.#fromWorker === null) this.#toSupervisor.push(message);
          else this.#fromWorker(message);
        },
        onMessage: (read) => (this.#toWorker = read),
      },
      clock,
    );
  }

  send(message: ToWorker): void {
    if (!this.isDead && !this.isStopped) this.#toWorker(message);
  }

  onMessage(read: (message: ToSupervisor) => void): void {
    this.#fromWorker = read;
    for (const message of this.#toSupervisor.splice(0)) read(message);
  }

  onExit(read: (how: string) => void): void {
    this.#exited = read;
  }

  die(how = "SIGKILL"): void {
    this.isDead = true;
    this.#exited(how);
  }

  kill(): void {
    this.die();
  }

  serve(port = 8080): void {
    const url = `http://127.0.0.1:${port}`;
    this.link.ready({
      addresses: { api: url, admin: url },
      ports: { api: port, admin: port },
      hasConsole: false,
    });
  }
}

const port = { api: 8080, admin: 8080 };

function setUp(count: number, ports: typeof port | null = port) {
  const clock = new VirtualClock();
  const workers: Worker[] = [];
  const lines: string[] = [];
  const log = new Log({
    clock,
    sink: {
      write(text: string) {
        lines.push(text);
        return true;
      },
      onDrain() {},
    },
    format: "json",
    level: () => "info",
    extraFields: gatewayLogFields,
  });
  const supervisor = new Supervisor({
    clock,
    random: new SeededRandom(1),
    log,
    count,
    fork(slot) {
      const worker = new Worker(slot, clock);
      workers.push(worker);
      return worker;
    },
  });
  supervisor.fork();
  const start = () => supervisor.start({ folder: "/data", simulatorUrl: null, ports, crashAt: 7 });
  return {
    clock,
    workers,
    supervisor,
    start,
    states: () => supervisor.workers.map(({ state }) => state),
  };
}

async function serving(count: number) {
  const world = setUp(count);
  const started = world.start();
  for (const worker of world.workers) worker.serve();
  await started;
  return world;
}

const at = (workers: readonly Worker[], index: number): Worker => {
  const worker = workers[index];
  assert.ok(worker, `there is a worker ${index}`);
  return worker;
};

test("OPS-9 the first of several finds a port, on which the others then listen", async () => {
  const { workers, start } = setUp(3, null);
  const started = start();
  let isSecondTold = false;
  void at(workers, 1).link.started.then(() => (isSecondTold = true));
  assert.equal((await at(workers, 0).link.started).ports, null);
  assert.equal(isSecondTold, false);
  at(workers, 0).serve(41_000);
  assert.deepEqual((await at(workers, 2).link.started).ports, { api: 41_000, admin: 41_000 });
  at(workers, 1).serve(41_000);
  at(workers, 2).serve(41_000);
  assert.equal((await started).addresses.api, "http://127.0.0.1:41000");
});

test("OPS-9 what one worker cannot do at the start ends the start, in its own words", async () => {
  const { workers, start } = setUp(2);
  const started = start();
  at(workers, 1).link.refused("Cannot listen on port 8080");
  await assert.rejects(started, /Cannot listen on port 8080/);
  assert.ok(at(workers, 0).isDead);
});

test("OPS-9 one that ends before it serves ends the start", async () => {
  const { workers, start } = setUp(2);
  const started = start();
  at(workers, 0).die("code 13");
  await assert.rejects(started, /Cannot start a process: it ended with code 13/);
});

test("OPS-9 workers wait for what they are started with, or end with nothing", async () => {
  const { workers, supervisor, start } = setUp(2);
  let told = 0;
  for (const { link } of workers) void link.started.then(() => (told += 1));
  await Promise.resolve();
  assert.deepEqual([workers.length, told], [2, 0]);
  at(workers, 0).die("code 1");
  assert.ok(at(workers, 1).isDead);
  await assert.rejects(start(), /it ended with code 1/);
  supervisor.abandon();
  assert.equal(workers.length, 2);
});

test("OPS-9 a worker that dies is started at once, then after at most 10 s", async () => {
  const { clock, workers, states } = await serving(2);
  const waits: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    const before = clock.monotonicMs();
    const known = workers.length;
    at(workers, known - 1 === 1 && n === 0 ? 0 : known - 1).die();
    assert.equal(states()[0], "stopped");
    while (workers.length === known) assert.ok(clock.runNext());
    waits.push(clock.monotonicMs() - before);
    at(workers, known).serve();
  }
  assert.equal(waits[0], 0);
  assert.ok((waits[1] ?? 0) >= 250 && (waits[1] ?? 0) < 600, String(waits[1]));
  assert.equal(waits.at(-1), 10_000);
  // After a steady minute it is forgiven.
  clock.advanceBy(60_000);
  const known = workers.length;
  at(workers, known - 1).die();
  const diedMs = clock.monotonicMs();
  while (workers.length === known) assert.ok(clock.runNext());
  assert.equal(clock.monotonicMs(), diedMs);
});

test("OPS-9 the others are told which member of the group has died", async () => {
  const { workers } = await serving(3);
  at(workers, 0).link.isMember("prc_a");
  const told: string[] = [];
  for (const index of [1, 2]) at(workers, index).link.onDeath((member) => told.push(member));
  at(workers, 0).die();
  assert.deepEqual(told, ["prc_a", "prc_a"]);
});

test("OPS-9 what one publishes all others hear; what it asks, each answers", async () => {
  const { clock, workers } = await serving(3);
  const heard: unknown[] = [];
  for (const worker of workers) {
    worker.link.subscribe("news", (data) => heard.push([worker.slot, data]));
    worker.link.answer("count", () => worker.slot * 10);
    worker.link.answer("double", async (data) => Number(data) * 2);
    worker.link.answer("defect", () => assert.fail("no answer"));
  }
  at(workers, 0).link.publish("news", { n: 1 });
  assert.deepEqual(heard, [
    [2, { n: 1 }],
    [3, { n: 1 }],
  ]);
  assert.deepEqual(await at(workers, 0).link.ask("count"), [20, 30]);
  assert.deepEqual(await at(workers, 0).link.ask("double", 21), [42, 42]);
  const silent = at(workers, 0).link.ask("defect");
  clock.advanceBy(1_000);
  assert.deepEqual(await silent, []);
  // One that hangs is left out after a second.
  at(workers, 2).isDead = true;
  const asked = at(workers, 0).link.ask("count");
  clock.advanceBy(1_000);
  assert.deepEqual(await asked, [20]);
});

test("OPS-9 one that starts asks those who serve, and hears what is said since", async () => {
  const { clock, workers } = await serving(2);
  at(workers, 1).link.answer("sessions", () => ["a"]);
  at(workers, 0).die();
  while (workers.length === 2) assert.ok(clock.runNext());
  const { link } = at(workers, 2);
  await link.started;
  const heard: unknown[] = [];
  link.subscribe("session", (name) => heard.push(name));
  assert.deepEqual(await link.ask("sessions"), [["a"]]);
  at(workers, 1).link.publish("session", "b");
  assert.deepEqual(heard, ["b"]);
});

test("OPS-8 a signal to stop is for all, and nobody is started any more", async () => {
  const { workers, supervisor } = await serving(2);
  const signals: string[] = [];
  for (const worker of workers) {
    worker.link.on("SIGTERM", (signal) => signals.push(`${worker.slot} ${signal}`));
    worker.link.on("SIGHUP", (signal) => signals.push(`${worker.slot} ${signal}`));
  }
  supervisor.signal("SIGHUP");
  supervisor.signal("SIGTERM");
  assert.deepEqual(signals, ["1 SIGHUP", "1 SIGTERM", "2 SIGTERM"]);
  for (const worker of workers) worker.die("code 0");
  await supervisor.over;
  assert.equal(workers.length, 2);
});

test("SIM-11 of all that are started the first alone is to crash", async () => {
  const { clock, workers } = await serving(2);
  at(workers, 0).die();
  while (workers.length === 2) assert.ok(clock.runNext());
  const starts = await Promise.all(workers.map(({ link }) => link.started));
  assert.deepEqual(
    starts.map(({ crashAt }) => crashAt),
    [7, null, null],
  );
});

test("OPS-9 a worker that does not answer for 10 s is ended, and another started", async () => {
  const { clock, workers, supervisor } = await serving(2);
  clock.advanceBy(20_000);
  assert.equal(workers.length, 2);
  at(workers, 1).isStopped = true;
  clock.advanceBy(9_000);
  assert.equal(workers.length, 2);
  clock.advanceBy(4_000);
  assert.equal(workers.length, 3);
  assert.ok(at(workers, 1).isDead);
  assert.equal(supervisor.workers[1]?.restarts, 1);
});
