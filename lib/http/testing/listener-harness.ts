import assert from "node:assert/strict";
import { SystemClock } from "../../time/system-clock.ts";
import type { ClientCall, ClientRequest, ExchangeHarness } from "../exchange-harness.ts";
import type { Exchange } from "../exchange.ts";
import { defaultHttpLimits, type HttpLimits } from "../limits.ts";
import { Listener, type ListenerOptions } from "../listener/listener.ts";
import type { AnswerRefusal } from "../refusal.ts";
import { ClientH1 } from "./client-h1.ts";
import { ClientH2 } from "./client-h2.ts";
import { quiet, until } from "./patience.ts";

/** Names the refusal in a header and in the body; 4xx by code where a test looks at it. */
export const plainRefusal: AnswerRefusal = ({ code, message }) => ({
  status: code === "draining" ? 503 : 400,
  headers: ["content-type", "application/json", "x-code", code],
  body: JSON.stringify({ code, message }),
});

/** A listener on loopback whose exchanges wait to be taken by the test. */
export class ListenerHarness implements ExchangeHarness, AsyncDisposable {
  readonly listener: Listener;
  readonly #protocol: "h1" | "h2";
  readonly #arrived: Exchange[];
  readonly #wanted: ((exchange: Exchange) => void)[];
  readonly #clients: ClientCall[] = [];

  private constructor(listener: Listener, protocol: "h1" | "h2", queues: Queues) {
    this.listener = listener;
    this.#protocol = protocol;
    this.#arrived = queues.arrived;
    this.#wanted = queues.wanted;
  }

  static async open(
    protocol: "h1" | "h2",
    limits: Partial<HttpLimits> = {},
    more: Partial<ListenerOptions> = {},
  ): Promise<ListenerHarness> {
    const queues: Queues = { arrived: [], wanted: [] };
    const listener = await Listener.open({
      hosts: ["127.0.0.1"],
      port: 0,
      tls: null,
      limits: { ...defaultHttpLimits, ...limits },
      clock: new SystemClock(),
      answerRefusal: plainRefusal,
      handler: (exchange) => {
        const take = queues.wanted.shift();
        if (take === undefined) queues.arrived.push(exchange);
        else take(exchange);
      },
      ...more,
    });
    return new ListenerHarness(listener, protocol, queues);
  }

  get port(): number {
    return this.listener.port;
  }

  /** The next exchange that reaches the handler. */
  exchange(): Promise<Exchange> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return this.until(new Promise((resolve) => this.#wanted.push(resolve)));
  }

  get unclaimedExchanges(): number {
    return this.#arrived.length;
  }

  async call(request: ClientRequest): Promise<{ exchange: Exchange; client: ClientCall }> {
    const arriving = this.exchange();
    const client = this.request(request);
    return { client, exchange: await arriving };
  }

  request(request: ClientRequest): ClientCall {
    const isH1 = this.#protocol === "h1";
    const client = isH1 ? ClientH1.request(this.port, request) : new ClientH2(this.port, request);
    this.#clients.push(client);
    return client;
  }

  /** An HTTP/1 client that writes exactly these bytes. */
  raw(opening: string | Buffer): ClientH1 {
    const client = new ClientH1(this.port, opening);
    this.#clients.push(client);
    return client;
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return until(promise);
  }

  quiet(): Promise<void> {
    return quiet();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Closes all, and fails when anything is left open. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.leave();
    await this.until(this.listener.close());
    const { openConnections, openExchanges, bodyBytes } = this.listener;
    assert.deepEqual({ openConnections, openExchanges, bodyBytes }, nothingLeft);
  }
}

interface Queues {
  readonly arrived: Exchange[];
  readonly wanted: ((exchange: Exchange) => void)[];
}

const nothingLeft = { openConnections: 0, openExchanges: 0, bodyBytes: 0 };
