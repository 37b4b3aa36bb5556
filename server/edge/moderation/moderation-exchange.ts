import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  bodyOfInput,
  readModerationBody,
  type ModerationBody,
} from "@sekisho/wire/openai/moderation-input.ts";
import { encodeModerations, type JudgedInput } from "@sekisho/wire/openai/moderation-verdict.ts";
import { completionHeaders, repeatHeaders, requestHeaders } from "../answers/answer-headers.ts";
import { arrivalOf } from "../exchanges/arrival.ts";
import { ClientDeparture } from "../exchanges/client-departure.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { idempotencyKeyOf, mayRepeat } from "../request-heads/idempotency-key.ts";
import { ownInputCall, sharedInputCall, type InputCall } from "./input-call.ts";
import { maxTries, unjudged } from "./judged-answer.ts";
import type { ModelExchangePorts } from "../exchanges/model-exchange.ts";
import type { OnceExchangePorts } from "../exchanges/once-exchange.ts";
import { rateHeaders } from "../answers/rate-headers.ts";
import { headOf } from "../kept-answers/recorded-stream.ts";
import { refuseRequest } from "../answers/refuse-request.ts";
import { moderations } from "../v1/moderations.ts";

export interface ModerationPorts extends Pick<
  ModelExchangePorts,
  "pipeline" | "ids" | "log" | "refused" | "bodyBytesLimit" | "isDraining"
> {
  /** The model that judges where a request names none of ours; null where none is configured. */
  readonly moderationModel: () => string | null;
  /** For requests that may be repetitions; absent: there are none. */
  readonly onceCalls?: OnceExchangePorts["onceCalls"];
}

/** Inputs of one request that are judged at the same time. */
const inputsAtOnce = 4;

/** An input as it was judged, and what that took. */
interface Judged extends JudgedInput {
  readonly completion: Completion;
  /** The last of them gave the verdict. */
  readonly tries: readonly InputCall[];
  /** Of each try; null where a target has no price. */
  readonly costsNanoUsd: readonly (number | null)[];
}

/** Which input a call is for, and how often it was asked before. */
interface InputTry {
  readonly index: number;
  readonly tries: number;
}

/**
 * A request for moderation on its way through HTTP: each input is a call of its own to a chat
 * model, with the key's rate and budget, and a row in the ledger.
 */
export class ModerationExchange implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #ports: ModerationPorts;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  readonly #running = new Set<InputCall>();
  readonly #calls: OnceExchangePorts["onceCalls"] | null;
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;
  #body: Buffer | null = null;
  /** Why nothing more is judged; null while it goes on. */
  #endedBy: Code | null = null;

  constructor(exchange: Exchange, ports: ModerationPorts) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    const { onceCalls } = ports;
    const isOnce =
      onceCalls !== undefined && mayRepeat(exchange.head, moderations, onceCalls.joins);
    this.#calls = isOnce ? onceCalls : null;
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    try {
      this.#respond(await this.#judgeAll());
    } catch (error) {
      const requestId = `req_${this.#id}`;
      const failure = readFailure(error, this.#ports.log, requestId);
      this.#end(failure.code);
      const known = { standing: this.#standing, principal: this.#principal };
      refuseRequest(this.#exchange, moderations, { requestId, failure, served: [], ...known });
    }
  }

  drained(): void {}

  closed(): void {
    this.#departure.left();
    this.#end("client_closed");
  }

  async #judgeAll(): Promise<readonly Judged[]> {
    const arrival = this.#arrival();
    // Identity, rate and body first: the other inputs are known behind them.
    const first = await this.#run(arrival, { index: 0, tries: 0 });
    const { model, inputs } = this.#inputs();
    const judged: Judged[] = [];
    let next = 1;
    const judge = async (index: number, begun: InputCall | null): Promise<void> => {
      const input = inputs[index] ?? [];
      const bytes = bodyOfInput(model, input);
      const ask = (tries: number): Promise<InputCall> =>
        this.#run(this.#inner(arrival, bytes), { index, tries });
      judged[index] = { input, ...(await this.#verdict(begun ?? (await ask(0)), ask)) };
    };
    const judgeNext = async (): Promise<void> => {
      while (next < inputs.length && this.#endedBy === null) {
        const index = next;
        next += 1;
        await judge(index, null);
      }
    };
    const others = Array.from({ length: inputsAtOnce - 1 }, judgeNext);
    await Promise.all([judge(0, first).then(judgeNext), ...others]);
    return judged;
  }

  /** Of the first input's call the body was read. */
  #inputs(): ModerationBody {
    const read = readModerationBody(this.#body ?? Buffer.alloc(0));
    if (read.ok) return read.value;
    throw new Failure<Code>(read.code, read.message);
  }

  async #verdict(
    first: InputCall,
    ask: (tries: number) => Promise<InputCall>,
  ): Promise<Omit<Judged, "input">> {
    const tries: InputCall[] = [];
    const costsNanoUsd: (number | null)[] = [];
    for (let call = first; ; call = await ask(tries.length)) {
      tries.push(call);
      const { completion, scores } = await call.verdict();
      this.#running.delete(call);
      costsNanoUsd.push(completion.costNanoUsd);
      if (scores !== null) return { scores, completion, tries, costsNanoUsd };
      if (tries.length >= maxTries) throw unjudged();
    }
  }

  async #run(arrival: Arrival, which: InputTry): Promise<InputCall> {
    const { refused } = this.#ports;
    try {
      const call = await this.#begin(arrival, which);
      this.#running.add(call);
      if (this.#endedBy !== null) call.leave(this.#endedBy);
      return call;
    } catch (error) {
      const code = error instanceof Failure ? (error.code as Code) : "internal"; // of the table
      const { name } = moderations;
      refused.record({ id: arrival.id, surface: name, code, principal: this.#principal });
      throw error;
    }
  }

  /** Each try of each input has a name of its own, made of the client's, which has no blank. */
  async #begin(arrival: Arrival, { index, tries }: InputTry): Promise<InputCall> {
    const calls = this.#calls;
    const said =
      calls === null ? null : idempotencyKeyOf(this.#exchange.head, moderations, calls.joins);
    // What said nothing of use is not to be said again.
    if (calls === null || (said === null && tries > 0)) {
      return ownInputCall(await this.#ports.pipeline.run(arrival));
    }
    const isFirst = said === null || (index === 0 && tries === 0);
    const name = isFirst ? said : `${said} ${index}.${tries}`;
    return sharedInputCall(await calls.run(arrival, { name, headOf }));
  }

  /** The request as it came; its first input is judged by it. */
  #arrival(): Arrival {
    const said = (): ReturnType<Arrival["said"]> => this.#said();
    const arrival = arrivalOf(
      this.#exchange,
      { surface: { ...moderations, said }, parameters: {} },
      {
        ...this.#ports,
        id: this.#id,
        accepted: (principal) => (this.#principal = principal),
        rated: (standing) => (this.#standing = standing),
        gone: this.#departure.signal,
      },
    );
    const body = async (): Promise<Buffer> => (this.#body = await arrival.body());
    return { ...arrival, body };
  }

  /** Another call for whoever was proven to have sent the request. */
  #inner(arrival: Arrival, bytes: Buffer): Arrival {
    const principal = this.#principal;
    if (principal === null) throw new Error("Cannot judge an input for nobody");
    const credential = { principal };
    const body = (): Promise<Buffer> => Promise.resolve(bytes);
    return { ...arrival, id: this.#ports.ids.newBody(), credential, body };
  }

  /** Whoever writes an input does not know the mark: it is made now. */
  #said(): ReturnType<Arrival["said"]> {
    const boundary = this.#ports.ids.newBody();
    const setup = { model: this.#ports.moderationModel(), boundary };
    return { surface: "openai.moderations", setup };
  }

  /**
   * One input without a verdict leaves the request without an answer. The others end with its code:
   * a client that is still there does not pay for what it was not told (MON-15).
   */
  #end(cause: Code): void {
    this.#endedBy ??= cause;
    for (const call of this.#running) call.leave(this.#endedBy);
  }

  #respond(judged: readonly Judged[]): void {
    const [first] = judged;
    if (first === undefined || this.#exchange.isClosed) return;
    const costs = judged.flatMap(({ costsNanoUsd }) => costsNanoUsd);
    const sum = costs.reduce<number | null>(
      (total, cost) => (total === null || cost === null ? null : total + cost),
      0,
    );
    const [call] = first.tries;
    const id = call?.id ?? this.#id;
    const isRepeated = judged.every(({ tries }) => tries.every((each) => each.isRepeated));
    const headers = [
      ...requestHeaders(`req_${this.#id}`, moderations.requestIdHeader),
      ...rateHeaders(this.#standing, moderations),
      ...(isRepeated ? repeatHeaders(id) : []),
      ...completionHeaders({ ...first.completion, costNanoUsd: sum }),
      "content-type",
      "application/json",
    ];
    const answer = { id: `modr-${id}`, model: call?.model ?? "", judged };
    this.#exchange.respond(200, headers, encodeModerations(answer));
  }
}
