import { Arrivals } from "./arrivals.ts";
import { Connection, type ConnectionOwner, type FailureKind } from "./connection.ts";
import { LoadTally, type AnswerFigures } from "./load-tally.ts";
import { ProcessWatch, type ProcessFigures } from "./process-watch.ts";

export interface LoadOptions {
  readonly port: number;
  /** Head and body, ready to be written. */
  readonly request: Buffer;
  readonly connections: number;
  /** Requests per second on a fixed schedule; 0 = each connection sends as soon as it may. */
  readonly rate: number;
  readonly warmMs: number;
  /** With `once`: the longest the run may take. */
  readonly measureMs: number;
  /** Connections are opened evenly over this time. */
  readonly rampMs: number;
  /** One request per connection; the run ends when all of them are answered. */
  readonly once: boolean;
  /** Events of a correct answer; 0 = not checked. */
  readonly expectEvents: number;
  /** Process whose tree is watched; 0 = none. */
  readonly watchPid: number;
}

export interface LoadResult extends AnswerFigures, ProcessFigures {
  readonly seconds: number;
  /** The measured time on the machine's monotonic clock, which V8's profiles use, too. */
  readonly fromMicros: number;
  readonly untilMicros: number;
  /** Most answers under way that had begun, at one moment. */
  readonly mostStreams: number;
  /** CPU share of the load generator in its whole run: near 1, it was the bottleneck. */
  readonly ownCpuShare: number;
}

/** How long answers that are under way at the end are waited for. */
const DRAIN_MS = 5000;
const REOPEN_MS = 20;
const WATCH_MS = 250;
const RAMP_STEP_MS = 10;
/** A server that only fails would otherwise fill the core with reconnecting. */
const MAX_ERRORS = 1000;

type Phase = "warming" | "measuring" | "draining" | "ended";

/** One run of the load generator: open connections, send, measure, drain. */
export class LoadRun implements ConnectionOwner {
  readonly #options: LoadOptions;
  readonly #tally = new LoadTally();
  readonly #watch: ProcessWatch | undefined;
  readonly #connections: Connection[] = [];
  readonly #free: Connection[] = [];
  /** When the arrivals were due that found no free connection. */
  readonly #waiting: number[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #phase: Phase = "warming";
  #fromMs = Number.POSITIVE_INFINITY;
  #untilMs = Number.POSITIVE_INFINITY;
  #underWay = 0;
  #finished = 0;
  #streams = 0;
  #mostStreams = 0;
  #done: (result: LoadResult) => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
    if (options.watchPid > 0) this.#watch = new ProcessWatch(options.watchPid);
    for (let index = 0; index < options.connections; index++) {
      this.#connections.push(new Connection(options.port, this));
    }
  }

  run(): Promise<LoadResult> {
    const { rate, warmMs, measureMs, rampMs } = this.#options;
    this.#ramp(0);
    const fromMs = performance.now() + rampMs;
    if (rate > 0) {
      this.#fromMs = fromMs + warmMs;
      this.#untilMs = fromMs + warmMs + measureMs;
      const span = { fromMs, untilMs: this.#untilMs };
      new Arrivals(rate, span, (dueAt) => this.#arrive(dueAt)).run();
    }
    this.#timers.push(
      setTimeout(() => this.#measure(), rampMs + warmMs),
      setInterval(() => this.#sampleRss(), WATCH_MS),
    );
    return new Promise((resolve) => (this.#done = resolve));
  }

  ready(connection: Connection): void {
    const { rate, once } = this.#options;
    if (rate > 0) {
      const dueAt = this.#waiting.shift();
      if (dueAt === undefined) this.#free.push(connection);
      else this.#send(connection, dueAt);
    } else if (this.#sending() && (!once || connection.dueAt === 0)) {
      this.#send(connection, performance.now());
    }
    this.#endIfQuiet();
  }

  progress(connection: Connection): void {
    const now = performance.now();
    const previous = connection.lastEventAt;
    connection.lastEventAt = now;
    if (previous === 0) {
      this.#streams++;
      if (this.#streams > this.#mostStreams) this.#mostStreams = this.#streams;
    }
    if (!this.#counts(connection, now)) return;
    if (previous === 0) this.#tally.firstEvent(now - connection.dueAt);
    else this.#tally.gap(now - previous);
  }

  answered(connection: Connection): void {
    const { status, events } = connection.answer;
    const { expectEvents } = this.#options;
    const now = performance.now();
    this.#finish(connection);
    if (status !== 200) {
      this.#error("status", `Cannot accept answer: status ${status}, 200 expected`);
    } else if (expectEvents > 0 && events !== expectEvents) {
      this.#error("events", `Cannot accept answer: ${events} events, ${expectEvents} expected`);
    } else if (this.#counts(connection, now)) {
      this.#tally.answer(events, now - connection.dueAt);
    }
  }

  failed(connection: Connection, kind: FailureKind, detail: string): void {
    if (kind === "connect") this.#finished++;
    else this.#finish(connection);
    this.#error(kind, detail);
    this.closedIdle(connection);
  }

  closedIdle(connection: Connection): void {
    if (this.#sending() && !this.#options.once) {
      setTimeout(() => {
        if (this.#sending()) connection.open();
      }, REOPEN_MS).unref();
    }
    this.#endIfQuiet();
  }

  #sending(): boolean {
    return this.#phase === "warming" || this.#phase === "measuring";
  }

  #send(connection: Connection, dueAt: number): void {
    this.#underWay++;
    connection.send(this.#options.request, dueAt);
  }

  #finish(connection: Connection): void {
    this.#underWay--;
    this.#finished++;
    if (connection.lastEventAt > 0) this.#streams--;
  }

  #error(kind: string, detail: string): void {
    this.#tally.error(kind, detail);
    if (this.#tally.errors === MAX_ERRORS) this.#drain();
  }

  /** A scheduled request counts by when it was due, any other by when its bytes came. */
  #counts(connection: Connection, now: number): boolean {
    if (this.#options.once) return true;
    const at = this.#options.rate > 0 ? connection.dueAt : now;
    return at >= this.#fromMs && at < this.#untilMs;
  }

  #arrive(dueAt: number): void {
    let free = this.#free.pop();
    while (free !== undefined && free.state !== "idle") free = this.#free.pop();
    if (free === undefined) this.#waiting.push(dueAt);
    else this.#send(free, dueAt);
  }

  #ramp(from: number): void {
    const { connections, rampMs } = this.#options;
    const steps = Math.max(1, rampMs / RAMP_STEP_MS);
    const until = Math.min(connections, from + Math.ceil(connections / steps));
    for (let index = from; index < until; index++) this.#connections[index]!.open();
    if (until < connections) setTimeout(() => this.#ramp(until), RAMP_STEP_MS);
  }

  #sampleRss(): void {
    this.#watch?.sampleRss(this.#streams === this.#options.connections);
  }

  #measure(): void {
    if (this.#phase !== "warming") return;
    this.#phase = "measuring";
    this.#watch?.begin();
    if (this.#options.rate === 0) this.#fromMs = performance.now();
    this.#timers.push(setTimeout(() => this.#drain(), this.#options.measureMs));
  }

  #drain(): void {
    if (!this.#sending()) return;
    this.#phase = "draining";
    if (this.#options.rate === 0) this.#untilMs = performance.now();
    this.#watch?.end();
    this.#timers.push(setTimeout(() => this.#end(), DRAIN_MS));
    this.#endIfQuiet();
  }

  #endIfQuiet(): void {
    const allDone = this.#options.once && this.#finished >= this.#options.connections;
    if (allDone) this.#drain();
    if (this.#phase !== "draining") return;
    if (this.#underWay === 0 && this.#waiting.length === 0) this.#end();
  }

  #end(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    for (const timer of this.#timers) clearTimeout(timer);
    const unanswered = this.#underWay + this.#waiting.length;
    for (let count = 0; count < unanswered; count++) this.#tally.error("unanswered", "no answer");
    for (const connection of this.#connections) connection.close();
    const { user, system } = process.cpuUsage();
    this.#done({
      ...this.#tally.figures(),
      ...(this.#watch ?? new ProcessWatch(process.pid)).figures(),
      seconds: Math.max(0, this.#untilMs - this.#fromMs) / 1000,
      fromMicros: machineMicros(this.#fromMs),
      untilMicros: machineMicros(this.#untilMs),
      mostStreams: this.#mostStreams,
      ownCpuShare: (user + system) / (performance.now() * 1000),
    });
  }
}

/** From the scale of `performance.now()`, which begins with the process. */
function machineMicros(ms: number): number {
  const now = Number(process.hrtime.bigint() / 1000n);
  return Math.round(now - (performance.now() - ms) * 1000);
}
