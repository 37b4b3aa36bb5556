import type { Clock } from "../../time/clock.ts";
import { TimerWheel } from "../../time/timer-wheel.ts";
import type { Exchange } from "../exchange.ts";
import { BodyMemory } from "../exchange/body-memory.ts";
import type { ExchangeContext } from "../exchange/exchange-context.ts";
import { Outbox } from "../exchange/outbox.ts";
import type { TrustedProxies } from "../exchange/trusted-proxies.ts";
import type { ParsedHead } from "../exchange/wire-head.ts";
import type { HttpLimits } from "../limits.ts";
import type { AnswerRefusal, Refusal } from "../refusal.ts";
import type { Upgrade } from "../websocket/upgrade.ts";
import { ConnectionGate } from "./connection-gate.ts";
import { findRefusal } from "./head-check.ts";

export interface ReceptionOptions {
  readonly limits: HttpLimits;
  readonly clock: Clock;
  /** Whose `x-forwarded-for` is believed; null: nobody's. */
  readonly trustedProxies?: TrustedProxies | null;
  readonly answerRefusal: AnswerRefusal;
  /** Called once per request that kept the rules of framing. Must not throw. */
  readonly handler: (exchange: Exchange) => void;
  /**
   * Called once per request to speak WebSocket that kept the rules of framing. Must not throw.
   * Default: such a request is one like every other.
   */
  readonly upgrades?: (upgrade: Upgrade) => void;
}

/** Where all connections of a listener bring their requests, whatever their protocol. */
export class Reception implements ExchangeContext {
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly outbox: Outbox;
  readonly bodyMemory: BodyMemory;
  readonly strangersMemory: BodyMemory;
  readonly gate: ConnectionGate;
  readonly trustedProxies: TrustedProxies | null;
  readonly answerRefusal: AnswerRefusal;
  readonly #handler: (exchange: Exchange) => void;
  readonly #upgrades: ((upgrade: Upgrade) => void) | null;
  readonly #idle: (() => void)[] = [];
  #connections = 0;
  #openExchanges = 0;
  #isDraining = false;

  constructor(options: ReceptionOptions) {
    this.limits = options.limits;
    this.clock = options.clock;
    this.wheel = new TimerWheel(options.clock);
    this.outbox = new Outbox(options.clock);
    this.bodyMemory = new BodyMemory(options.limits.bodyBytesInMemory);
    this.strangersMemory = new BodyMemory(options.limits.strangersBodyBytes, this.bodyMemory);
    this.gate = new ConnectionGate(options.limits.connectionsPerAddress);
    this.trustedProxies = options.trustedProxies ?? null;
    this.answerRefusal = options.answerRefusal;
    this.#handler = options.handler;
    this.#upgrades = options.upgrades ?? null;
  }

  get takesUpgrades(): boolean {
    return this.#upgrades !== null;
  }

  /** For a connection that was accepted now. */
  nextConnection(): number {
    return ++this.#connections;
  }

  get openExchanges(): number {
    return this.#openExchanges;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** From now on requests are refused. Resolves when the last exchange is over. */
  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#openExchanges === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Hands a request to the handler, or returns why the connection must answer it. */
  admit(exchange: Exchange, parsed: ParsedHead): Refusal | null {
    this.#openExchanges += 1;
    const refusal = this.#isDraining ? draining : findRefusal(parsed, this.limits);
    if (refusal === null) this.#handler(exchange);
    return refusal;
  }

  /** As `admit`. The connection counts as an exchange until it is closed. */
  admitUpgrade(upgrade: Upgrade, parsed: ParsedHead): Refusal | null {
    this.#openExchanges += 1;
    const refusal = this.#isDraining ? draining : findRefusal(parsed, this.limits);
    if (refusal === null) this.#upgrades?.(upgrade);
    return refusal;
  }

  exchangeClosed(): void {
    this.#openExchanges -= 1;
    if (this.#openExchanges > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

const draining: Refusal = {
  code: "draining",
  message: "Cannot accept the request: this server is about to stop",
};
