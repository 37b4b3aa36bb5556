import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import type { Response } from "@sekisho/gateway/responses/response.ts";
import { Violation } from "./base/violation.ts";
import { checkAnswer, checkSilence } from "./checks/answer-check.ts";
import {
  checkDispatch,
  checkFirst,
  checkGiveUp,
  checkStages,
  hasTerminal,
  slackMs,
} from "./checks/attempt-check.ts";
import { NameBook } from "./checks/name-book.ts";
import { checkSpender, ownerOf } from "./checks/owner-check.ts";
import type { IntentBook, IntentEvents, KnownIntent } from "./checks/intent-book.ts";
import { noteAnswer, noteClosed, noteDispatch, noteGone } from "./checks/rare-paths.ts";
import type { ModelClient } from "./clients/model-client.ts";
import type { SimulatedExchange } from "./network/simulated-exchange.ts";
import type { UpstreamRecord } from "./providers/upstream-record.ts";
import { noPlan, planCall, type PlannedCall, type PlannedTarget } from "./checks/planned-call.ts";
import type { AliasPlan } from "./scenario/gateway-plan.ts";
import { targetId } from "./scenario/pool-targets.ts";
import type { RoutingWatch } from "./routing-watch.ts";
import type { LifeObserver } from "./server-life.ts";
import type { Serving } from "./simulated-process.ts";
import type { Stage } from "./stage.ts";
import { deadlineOf, type WorldClient } from "./world-client.ts";

/** STR-6: the upstream call is closed so soon after its client has left. */
const abortWithinMs = 100;
/** What a log may hold for its slowest reader, and what is on its way when it says stop. */
const logBytesLimit = 256 * 1024;
/** What waits in a connection: 64 KiB, and the write that passed them. */
const connectionBytesLimit = 96 * 1024;
const longWaitMs = 50;

/** Sees everything that happens in a world and holds it against the rules, step by step. */
export class Observer implements LifeObserver, IntentEvents {
  readonly clients = new Map<number, WorldClient>();
  readonly names: NameBook;
  readonly #stage: Stage;
  readonly #callsOf: (n: number) => readonly UpstreamRecord[];
  readonly #byExchange = new Map<SimulatedExchange, WorldClient>();
  #intents: IntentBook | null = null;
  #routing: RoutingWatch | null = null;

  constructor(stage: Stage, callsOf: (n: number) => readonly UpstreamRecord[]) {
    this.#stage = stage;
    this.names = new NameBook(stage.scenario.requests, stage.sometimes);
    this.#callsOf = callsOf;
  }

  /** The intents tell this observer of themselves, and it looks things up in them. */
  lookUpIn(intents: IntentBook): void {
    this.#intents = intents;
  }

  nowMs(): number {
    return this.#stage.nowMs;
  }

  accepted(n: number, exchange: SimulatedExchange | null): void {
    const state = this.#client(n);
    state.exchange = exchange;
    state.arrivedMs = this.#stage.nowMs;
    if (exchange === null) state.lostServer = true;
    else this.#byExchange.set(exchange, state);
  }

  // The server

  bodyArrived(exchange: SimulatedExchange): void {
    const state = this.#byExchange.get(exchange);
    if (state !== undefined) state.bodyEndedMs = this.#stage.nowMs;
  }

  exchangeClosed(exchange: SimulatedExchange, clean: boolean): void {
    const state = this.#byExchange.get(exchange);
    if (state === undefined) return;
    this.#byExchange.delete(exchange);
    state.wasDestroyed = exchange.wasDestroyed;
    if (clean) return;
    state.goneMs = this.#stage.nowMs;
    const { n } = state.plan;
    if (!exchange.wasDestroyed) noteGone(state, this.#callsOf(n), this.#stage.sometimes);
    // Others may come for the answer: it goes on for a while.
    if (state.plan.naming !== null) return;
    this.#stage.clock.after(abortWithinMs, () => this.#checkAborted(n));
  }

  serves({ gateway }: Serving, routing: RoutingWatch): void {
    this.#routing = routing;
    const { responses } = gateway;
    const open = responses.open.bind(responses);
    responses.open = (id, tenant) => {
      const response = open(id, tenant);
      this.#opened(id, response);
      return response;
    };
  }

  dies(): void {
    const { sometimes } = this.#stage;
    if (this.#byExchange.size > 0) sometimes.reached("crash with calls running");
    for (const state of this.#byExchange.values()) state.lostServer = true;
    this.#byExchange.clear();
    this.names.dies(this.#stage.nowMs);
    for (const intent of this.#intents?.all ?? []) {
      if (intent.state === "asked") {
        sometimes.reached("crash while a commit was under way");
        this.names.wasAsked(intent.n);
      }
      if (intent.state === "durable" && intent.terminals === 0) {
        sometimes.reached("crash between intent and terminal");
      }
    }
  }

  // Intents

  intended({ n, row }: KnownIntent): void {
    const state = this.#client(n);
    this.#stage.watched(() => {
      checkSpender(n, ownerOf(state.plan.key, this.#stage.scenario.gateway), row);
    });
    const alias = state.alias ?? missingAlias(n);
    // The gateway would make an answer of what is wrong, and the world would not stop.
    this.#stage.watched(() => {
      state.planned = planCall(alias, this.#stage.scenario.gateway, {
        rests: (pool, target) => this.#routing?.rests(alias.name, pool, target) === true,
        isSick: (pool, target) => this.#routing?.isSick(alias.name, pool, target) === true,
        isWarming: (pool, target) => this.#routing?.isWarming(alias.name, pool, target) === true,
      });
    });
  }

  durable(intent: KnownIntent): void {
    const { n, durableMs } = intent;
    try {
      this.names.durable(intent);
    } catch (error) {
      // Nobody waits for what tells of a commit.
      this.#stage.defect(error);
    }
    const state = this.#client(n);
    const { sometimes } = this.#stage;
    if (state.goneMs !== null) sometimes.reached("client left before its intent was durable");
    const waitedMs = (durableMs ?? 0) - (state.bodyEndedMs ?? 0);
    if (waitedMs > longWaitMs) sometimes.reached("intent waited for the store");
  }

  refused(): void {
    this.#stage.sometimes.reached("intent refused by the store");
  }

  ended(intent: KnownIntent, rows: readonly LedgerRow[]): void {
    const { n, durableMs } = intent;
    this.names.ended(intent, rows, this.#stage.nowMs);
    const deadlineMs = deadlineOf(this.#client(n));
    if (deadlineMs === null || rows.at(-1)?.outcome === "unknown") return;
    // Nobody can hurry the store or the body: a call that waits for one ends when it is there.
    const { bodyEndedMs } = this.#client(n);
    const latestMs = Math.max(deadlineMs, durableMs ?? 0, bodyEndedMs ?? 0) + slackMs;
    if (this.#stage.nowMs <= latestMs) return;
    throw new Violation("RTE-10", `request ${n} ended at ${this.#stage.nowMs}, due ${latestMs}`);
  }

  // Providers

  senderOf(n: number): number {
    return this.names.senderOf(n);
  }

  dispatched(record: UpstreamRecord): void {
    const state = this.#client(record.n);
    const earlier = this.#callsOf(record.n).slice(0, record.attempt - 1);
    const alias = state.alias ?? missingAlias(record.n);
    const planned = state.planned ?? noPlan(alias);
    const isIntentDurable = this.#intents?.byRequest(record.n)?.state === "durable";
    const isLeft = state.goneMs !== null && state.goneMs < this.#stage.nowMs;
    const isClientGone = isLeft && state.plan.naming === null;
    const deadlineMs = deadlineOf(state);
    checkDispatch(record, earlier, { planned, deadlineMs, isIntentDurable, isClientGone });
    this.#routing?.called(record, earlier.at(-1));
    checkFirst(record, planned, (target) => this.#rests(alias, target));
    this.#noteSkipped(record.n, planned);
    const { sometimes } = this.#stage;
    noteDispatch(record, earlier, { planned, client: state.client.record, sometimes });
  }

  delivered(record: UpstreamRecord): void {
    const { log, exchange } = this.#client(record.n);
    if (!record.isStream || log === null || exchange === null) return;
    if (log.heldBytes > logBytesLimit) {
      throw new Violation("STR-8", `the log of ${record.n} holds ${log.heldBytes} bytes`);
    }
    if (exchange.bufferedBytes > connectionBytesLimit) {
      const { bufferedBytes } = exchange;
      throw new Violation("STR-7", `the connection of ${record.n} buffers ${bufferedBytes} bytes`);
    }
  }

  closed(record: UpstreamRecord): void {
    noteClosed(record, this.#stage.sometimes);
    const state = this.#client(record.n);
    if (record.end === "orphaned") return;
    const planned = state.planned ?? noPlan(state.alias ?? missingAlias(record.n));
    checkStages(record, { planned, deadlineMs: deadlineOf(state) });
    // The gateway decides within this turn whether to go on.
    this.#stage.clock.soon(() => this.#checkGivenUp(record, state));
  }

  #checkGivenUp(record: UpstreamRecord, state: WorldClient): void {
    const isOver = (this.#intents?.byRequest(record.n)?.terminals ?? 0) > 0;
    const isAnswered = state.log?.ended !== true || state.goneMs !== null || state.lostServer;
    const { planned, alias } = state;
    if (!isOver || isAnswered || alias === null || planned === null) return;
    this.#noteSkipped(record.n, planned);
    const calls = this.#callsOf(record.n);
    const deadlineMs = deadlineOf(state);
    checkGiveUp(calls, { planned, deadlineMs }, (target) => this.#rests(alias, target));
  }

  #rests(alias: AliasPlan, target: PlannedTarget): boolean {
    const pool = alias.pools[target.pool];
    return pool !== undefined && this.#routing?.rests(alias.name, pool, target) === true;
  }

  /** Those that rest now, or that no retry is left for, are not come back to. */
  #noteSkipped(n: number, planned: PlannedCall): void {
    for (const target of planned.targets) {
      const isRefused = this.#routing?.isRefused(n, target) === true;
      if (isRefused || this.#rests(planned.alias, target)) planned.skipped.add(targetId(target));
    }
  }

  // Clients

  clientEnded({ record }: ModelClient): void {
    const state = this.#client(record.plan.n);
    this.names.checkRefused(record);
    const calls = this.#callsOf(this.names.answererOf(record));
    const wasDestroyed = state.exchange?.wasDestroyed === true;
    checkAnswer(record, calls, { lostServer: state.lostServer, wasDestroyed });
    checkSilence(record, this.#intents?.byRequest(record.plan.n)?.durableMs ?? null);
    noteAnswer(state, calls, this.#stage.sometimes);
  }

  #opened(id: string, response: Response): void {
    const intent = this.#intents?.byId(id);
    if (intent !== undefined) this.#client(intent.n).log = response.log;
  }

  #checkAborted(n: number): void {
    const open = this.#callsOf(n).find((call) => call.end === null && !hasTerminal(call));
    if (open === undefined) return;
    this.#stage.defect(new Violation("STR-6", `call ${n}.${open.attempt} outlives its client`));
  }

  #client(n: number): WorldClient {
    const state = this.clients.get(n);
    if (state === undefined) throw new Violation("world", `there is no client ${n}`);
    return state;
  }
}

const missingAlias = (n: number): never => {
  throw new Violation("world", `request ${n} names no alias`);
};
