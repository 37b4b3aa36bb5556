import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { backoffMs } from "@sekisho/lib/resilience/backoff.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { ToSupervisor, ToWorker, WorkerReady, WorkerSignal, WorkerStart } from "./messages.ts";
import type { WorkerState } from "./peers.ts";

/** A process that a supervisor has started. */
export interface WorkerProcess {
  readonly pid: number | null;
  send(message: ToWorker): void;
  onMessage(read: (message: ToSupervisor) => void): void;
  onExit(read: (how: string) => void): void;
  kill(): void;
}

export interface SupervisorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: GatewayLog;
  readonly count: number;
  fork(slot: number): WorkerProcess;
}

/** The first death is answered at once, one that follows on it later and later. */
const restarts = { baseMs: 250, maxMs: 10_000 };

/** So often each worker is asked whether it is there … */
const pingMs = 2_000;

/** … and one that has not answered for so long would only keep its connections waiting. */
const silentMs = 10_000;

/** A worker that has served for so long has got over what it died of before. */
const steadyMs = 60_000;

interface Slot {
  readonly slot: number;
  worker: WorkerProcess | null;
  /** Its code runs, and it has not been told to start. */
  isWaiting: boolean;
  state: WorkerState["state"];
  restarts: number;
  /** Deaths in a row, none of which came after a steady life. */
  deaths: number;
  servesSinceMs: number;
  /** When it answered last. */
  heardMs: number;
  member: string | null;
}

/**
 * Starts the workers, and each again that dies; hands on what they say to each other. It serves
 * nothing itself, so that nothing that a client sends can end it.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #slots: readonly Slot[];
  readonly #ready = Promise.withResolvers<WorkerReady>();
  readonly #over = Promise.withResolvers<void>();
  #start: Omit<WorkerStart, "slot" | "ports"> | null = null;
  #ports: WorkerStart["ports"] = null;
  #pingedMs = 0;
  #hasServed = false;
  #isStopping = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    // Whoever starts them may be busy with something else when one of them dies.
    this.#ready.promise.catch(() => {});
    this.#slots = Array.from({ length: parts.count }, (_, index) => ({
      slot: index + 1,
      worker: null,
      isWaiting: false,
      state: "starting",
      restarts: 0,
      deaths: 0,
      servesSinceMs: 0,
      heardMs: 0,
      member: null,
    }));
  }

  /** The processes begin to read their code, and wait for their start. */
  fork(): void {
    for (const slot of this.#slots) this.#fork(slot);
  }

  /**
   * Resolves when all workers serve; rejects with the words of the first that cannot. Without ports
   * the first finds free ones, on which the others then listen.
   */
  async start({ ports, ...start }: Omit<WorkerStart, "slot">): Promise<WorkerReady> {
    this.#start = start;
    this.#ports = ports;
    for (const slot of this.#slots) this.#tellStart(slot);
    this.#pingLater();
    return await this.#ready.promise;
  }

  /** Ends all of them where nothing came of the start. */
  abandon(): void {
    this.#isStopping = true;
    for (const { worker } of this.#slots) worker?.kill();
  }

  /** Resolves when no worker is left after a signal to stop. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get workers(): readonly WorkerState[] {
    return this.#slots.map(({ slot, worker, state, restarts: times }) => ({
      slot,
      pid: worker?.pid ?? null,
      state,
      restarts: times,
    }));
  }

  /** SIGHUP is for one of them: what it reads, the others read after it. The rest is for all. */
  signal(signal: WorkerSignal): void {
    const serving = this.#slots.filter(({ state }) => state === "serving");
    if (signal === "SIGHUP") return serving[0]?.worker?.send({ kind: "signal", signal });
    this.#isStopping = true;
    for (const { worker, state } of this.#slots) {
      if (state === "serving") worker?.send({ kind: "signal", signal });
      // One that is only starting has nothing to end.
      else worker?.kill();
    }
    this.#stopWhenOver();
  }

  #fork(slot: Slot): void {
    slot.state = "starting";
    slot.isWaiting = false;
    const worker = this.#parts.fork(slot.slot);
    slot.worker = worker;
    worker.onMessage((message) => {
      if (slot.worker === worker) this.#received(slot, worker, message);
    });
    worker.onExit((how) => {
      if (slot.worker === worker) this.#exited(slot, how);
    });
  }

  #received(slot: Slot, worker: WorkerProcess, message: ToSupervisor): void {
    switch (message.kind) {
      case "here":
        slot.isWaiting = true;
        return this.#tellStart(slot);
      case "ready":
        return this.#serves(slot, message.ready);
      case "refused":
        return this.#refused(slot, message.message);
      case "pong":
        slot.heardMs = this.#parts.clock.monotonicMs();
        return;
      case "member":
        slot.member = message.member;
        return;
      case "publish":
        return this.#toOthers(slot, {
          kind: "published",
          topic: message.topic,
          data: message.data,
        });
      case "ask":
        return this.#toOthers(slot, {
          kind: "asked",
          from: slot.slot,
          id: message.id,
          topic: message.topic,
          data: message.data,
        });
      case "answer":
        return this.#slots[message.to - 1]?.worker?.send({
          kind: "answered",
          id: message.id,
          data: message.data,
        });
    }
  }

  #tellStart(slot: Slot): void {
    const [start, ports] = [this.#start, this.#ports];
    if (start === null || !slot.isWaiting || (ports === null && slot.slot > 1)) return;
    slot.isWaiting = false;
    const crashAt = slot.slot === 1 && slot.restarts === 0 ? start.crashAt : null;
    slot.worker?.send({ kind: "start", start: { ...start, ports, slot: slot.slot, crashAt } });
    // Whom it may ask for what they know.
    slot.worker?.send({ kind: "workers", workers: this.workers });
  }

  #serves(slot: Slot, ready: WorkerReady): void {
    slot.state = "serving";
    slot.servesSinceMs = this.#parts.clock.monotonicMs();
    slot.heardMs = slot.servesSinceMs;
    this.#tellWorkers();
    if (this.#ports === null) {
      this.#ports = ready.ports;
      for (const each of this.#slots) this.#tellStart(each);
    }
    if (this.#hasServed || !this.#slots.every(({ state }) => state === "serving")) return;
    this.#hasServed = true;
    this.#ready.resolve(ready);
  }

  #refused(slot: Slot, message: string): void {
    const { log } = this.#parts;
    if (this.#hasServed) return log.error("a process could not start", { reason: message });
    // What one cannot do at the start, none can: the others are ended with it.
    this.#isStopping = true;
    for (const each of this.#slots) if (each !== slot) each.worker?.kill();
    this.#ready.reject(new Error(message));
  }

  #exited(slot: Slot, how: string): void {
    const { clock, log, random } = this.#parts;
    const { member } = slot;
    const wasSteady =
      slot.state === "serving" && clock.monotonicMs() - slot.servesSinceMs >= steadyMs;
    slot.worker = null;
    slot.state = "stopped";
    slot.member = null;
    if (member !== null) this.#toOthers(slot, { kind: "died", member });
    this.#tellWorkers();
    if (this.#isStopping) return this.#stopWhenOver();
    if (!this.#hasServed) {
      this.abandon();
      return this.#ready.reject(new Error(`Cannot start a process: it ended with ${how}`));
    }
    slot.deaths = wasSteady ? 0 : slot.deaths;
    const waitMs = slot.deaths === 0 ? 0 : backoffMs(slot.deaths - 1, random, restarts);
    slot.deaths += 1;
    slot.restarts += 1;
    log.error("a process ended, and is started again", { reason: how, count: slot.restarts });
    clock.after(waitMs, () => {
      if (!this.#isStopping) this.#fork(slot);
    });
  }

  #pingLater(): void {
    this.#parts.clock.after(pingMs, () => {
      if (this.#isStopping) return;
      this.#ping();
      this.#pingLater();
    });
  }

  #ping(): void {
    const { clock, log } = this.#parts;
    const nowMs = clock.monotonicMs();
    // One that was held up itself has heard nobody, and is no judge of them.
    const wasHeldUp = nowMs - this.#pingedMs > 3 * pingMs;
    this.#pingedMs = nowMs;
    for (const slot of this.#slots) {
      const { worker, state } = slot;
      if (worker === null || state !== "serving") continue;
      if (wasHeldUp) slot.heardMs = nowMs;
      if (nowMs - slot.heardMs < silentMs) worker.send({ kind: "ping" });
      else {
        log.error("a process does not answer, and is ended", { reason: `pid ${worker.pid}` });
        worker.kill();
      }
    }
  }

  #stopWhenOver(): void {
    if (this.#slots.every(({ worker }) => worker === null)) this.#over.resolve();
  }

  #toOthers(own: Slot, message: ToWorker): void {
    for (const each of this.#slots) {
      // One that starts has perhaps asked already, and would not hear of what came after.
      const hears = each.state === "serving" || message.kind === "published";
      if (each !== own && hears) each.worker?.send(message);
    }
  }

  #tellWorkers(): void {
    const { workers } = this;
    for (const { worker, state } of this.#slots) {
      if (state === "serving") worker?.send({ kind: "workers", workers });
    }
  }
}
