import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Bill, BillLine } from "./bill/bill.ts";
import { readPrices } from "./bill/read-prices.ts";
import type { CallRecord } from "./call-record.ts";
import { Fields } from "./fields.ts";
import { describeCall } from "./journal/describe-call.ts";
import type { Journal } from "./journal/journal.ts";
import type { Hearing, Speaking } from "./peers.ts";
import type { Gate } from "./play/gate.ts";
import { readBody } from "./read-body.ts";
import { presets } from "./scenario/presets.data.ts";
import { readScenarios } from "./scenario/read-scenario.ts";
import { maxScenarios, type RuleBook } from "./scenario/rule-book.ts";

const bodyLimitBytes = 2 ** 20;
const longestWaitMs = 60_000;
const defaultListed = 100;

export interface ControlRooms {
  readonly clock: Clock;
  readonly rules: RuleBook;
  readonly gate: Gate;
  readonly journal: Journal;
  readonly bill: Bill;
  /** Forgets everything and starts over with this seed, null for the one it had. */
  reset(seed: number | null): void;
}

type Reply = (status: number, body: object) => void;

/** A sum as JSON: a string where a number would not be exact. */
const exact = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();

const billLine = (line: BillLine): object => ({ ...line, costNanoUsd: exact(line.costNanoUsd) });

/** The control surface under `/_sim/`: scenarios, holds, the journal and the bill. */
export class Control {
  readonly #rooms: ControlRooms;
  readonly #surfaces: Readonly<Record<string, (body: Fields, reply: Reply) => void>>;

  constructor(rooms: ControlRooms) {
    this.#rooms = rooms;
    this.#surfaces = {
      "GET /_sim/scenario": (_, reply) => reply(200, this.#listRules()),
      "POST /_sim/scenario": (body, reply) => this.#setRules(body, reply),
      "POST /_sim/reset": (body, reply) => this.#reset(body, reply),
      "POST /_sim/release": (body, reply) => this.#release(body, reply),
      "POST /_sim/prices": (body, reply) => this.#setPrices(body, reply),
      "GET /_sim/requests": (query, reply) => reply(200, this.#listCalls(query)),
      "GET /_sim/bill": (_, reply) => reply(200, this.#statement()),
    };
  }

  serve(request: Hearing, response: Speaking): void {
    const reply: Reply = (status, body) => {
      if (response.destroyed || response.writableEnded) return;
      response.writeHead(status, ["content-type", "application/json"]);
      response.end(`${JSON.stringify(body)}\n`);
    };
    readBody(request, bodyLimitBytes, {
      whole: (body) => this.#dispatch(request, body, reply),
      gone: () => undefined,
    });
  }

  #dispatch(request: Hearing, body: Buffer | null, reply: Reply): void {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const surface = this.#surfaces[`${request.method} ${path}`];
    if (surface === undefined) {
      const known = Object.keys(this.#surfaces).join(", ");
      return reply(404, { error: `Nothing under ${request.method} ${path}: known are ${known}.` });
    }
    try {
      if (body === null) throw new Failure("too_large", `At most ${bodyLimitBytes} bytes.`);
      surface(request.method === "GET" ? fromQuery(query) : fromBody(body), reply);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      reply(400, { error: error.message, param: error.details.param ?? null });
    }
  }

  #setRules(body: Fields, reply: Reply): void {
    body.allowOnly(["rules", "add", "preset"]);
    const preset = body.string("preset");
    const named = preset === null ? [] : presets[preset];
    if (named === undefined || (preset !== null && !Object.hasOwn(presets, preset))) {
      const known = Object.keys(presets).join(", ");
      throw body.invalid("preset", `Unknown preset '${preset}': known are ${known}.`);
    }
    const { rules } = this.#rooms;
    const isAdded = body.boolean("add") ?? false;
    const room = maxScenarios - named.length - (isAdded ? rules.rules.length : 0);
    const scenarios = [...named, ...readScenarios(body.list("rules") ?? [], room)];
    if (isAdded) rules.add(scenarios);
    else rules.replace(scenarios);
    reply(200, this.#listRules());
  }

  #listRules(): object {
    return {
      rules: this.#rooms.rules.rules.map(({ scenario, matched, fired }) => ({
        ...scenario,
        matched,
        fired,
      })),
    };
  }

  #reset(body: Fields, reply: Reply): void {
    body.allowOnly(["seed"]);
    const limits = { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true };
    this.#rooms.reset(body.number("seed", limits));
    reply(200, {});
  }

  #release(body: Fields, reply: Reply): void {
    body.allowOnly(["count", "whenHeld", "timeoutMs"]);
    const { gate, clock } = this.#rooms;
    const limits = { min: 1, max: gate.limit, isInteger: true };
    const count = body.number("count", limits) ?? Infinity;
    const whenHeld = body.number("whenHeld", limits) ?? 0;
    const timeoutMs =
      body.number("timeoutMs", { min: 0, max: longestWaitMs, isInteger: false }) ?? 10_000;
    let stopWaiting = (): unknown => undefined;
    const timer = clock.after(timeoutMs, () => {
      stopWaiting();
      reply(408, { error: `Waited ${timeoutMs} ms: ${gate.held} held, ${whenHeld} wanted.` });
    });
    stopWaiting = gate.whenHeld(whenHeld, () => {
      timer.cancel();
      reply(200, { released: gate.release(count) });
    });
  }

  #setPrices(body: Fields, reply: Reply): void {
    body.allowOnly(["prices"]);
    const prices = body.object("prices");
    if (prices === null) throw body.missing("prices");
    this.#rooms.bill.setPrices(readPrices(prices));
    reply(200, {});
  }

  #listCalls(query: Fields): object {
    query.allowOnly(["limit", "after", "id", "region", "model", "outcome", "state"]);
    const { journal, gate, clock } = this.#rooms;
    const limit = Number(query.string("limit") ?? defaultListed);
    const after = Number(query.string("after") ?? 0);
    const isWanted = (call: CallRecord): boolean =>
      call.seq > after &&
      (["id", "region", "model", "outcome", "state"] as const).every(
        (name) => !query.has(name) || call[name] === query.string(name),
      );
    const calls = [...journal.calls()].filter(isWanted);
    return {
      nowMs: clock.monotonicMs(),
      received: journal.opened,
      kept: Math.min(journal.opened, journal.capacity),
      running: journal.running,
      held: gate.held,
      requests: (limit > 0 ? calls.slice(-limit) : []).map(describeCall),
    };
  }

  #statement(): object {
    const { total, lines } = this.#rooms.bill.statement();
    return {
      total: billLine(total),
      lines: lines.map(billLine),
      running: this.#rooms.journal.running,
    };
  }
}

const fromQuery = (query: string): Fields =>
  new Fields(Object.fromEntries(new URLSearchParams(query)), "");

const fromBody = (body: Buffer): Fields => {
  if (body.length === 0) return new Fields({}, "");
  try {
    return new Fields(JSON.parse(body.toString()), "");
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("invalid_json", "Cannot read the body: it is not JSON.", {}, cause);
  }
};
