import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { Arrival } from "./arrival.ts";
import type { Budgets, Hold } from "./budget/budgets.ts";
import type { Call } from "./call.ts";
import type { Catalog } from "./catalog/catalog.ts";
import type { CallResult } from "./attempt.ts";
import type { SignedRequest } from "./credential.ts";
import { Run, type DispatchPorts } from "./dispatch/run.ts";
import type { Keyring } from "./identity/keyring.ts";
import { checkModel, checkSurface } from "./identity/permission.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { settle, settlementRows, subjectOf, unknownRow } from "./ledger/settlement.ts";
import type { RequestRates } from "./limits/request-rates.ts";
import type { CallFinished } from "./observe/call-finished.ts";
import type { ModelEntry } from "./model-entry.ts";
import type { Plan } from "./plan.ts";
import type { Attribution, Principal } from "./principal.ts";
import type { Provider } from "./provider.ts";
import type { ClientRequest, SurfaceRequest } from "./request.ts";
import { planRoute } from "./route/route.ts";
import type { Response } from "./responses/response.ts";
import type { Responses } from "./responses/responses.ts";
import { inputTokensBound } from "./usage/upper-bound.ts";
import { validate } from "./validate/validate.ts";

/** What of a configuration a call depends on. */
export interface PipelineSettings {
  readonly catalog: Catalog;
  /** Throws Failure when no provider has that name. */
  readonly provider: (name: string) => Provider;
}

/** What the pipeline joins. Only this file knows more than one feature. */
export interface PipelineParts {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly rates: RequestRates;
  /** The configuration of now; a call keeps to the one it arrived in. */
  readonly settings: () => PipelineSettings;
  readonly budgets: Budgets;
  readonly ledger: Ledger;
  readonly writer: Writer;
  readonly dispatch: DispatchPorts;
  readonly responses: Responses;
  readonly finished: CallFinished;
}

/** An admitted call, and the response that it has or will have. */
export interface RunningCall {
  readonly call: Call;
  readonly response: Response;
}

/** What the first stages have found out. */
interface Admitted {
  readonly arrivedMs: number;
  readonly principal: Principal;
  readonly said: SurfaceRequest;
  readonly body: Buffer;
  readonly entry: ModelEntry;
}

interface DispatchRest {
  readonly hold: Hold;
  readonly provider: PipelineSettings["provider"];
  readonly isGone: boolean;
}

/** Every model request, on every surface, passes these stages in this order. */
export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /**
   * Takes a request from its head to a running response, whose log the caller reads. Throws Failure
   * when a stage refuses; nothing is held or written then.
   */
  async run(arrival: Arrival): Promise<RunningCall> {
    const { clock, keyring, rates, responses } = this.#parts;
    const arrivedMs = clock.monotonicMs();

    const { credential } = arrival;
    const known =
      typeof credential === "string"
        ? { principal: keyring.authenticate(credential), body: null }
        : await this.#signer(arrival, credential);
    const { principal } = known;
    arrival.accepted(principal);
    checkSurface(principal, arrival.surface);
    rates.check(principal); // before a body is read, and without consuming anything
    responses.enter();
    try {
      const body = known.body ?? (await arrival.body());
      const said = validate(arrival.said(), body);
      const { model } = said.read.facts;
      checkModel(principal, model);
      rates.admit(principal);

      const { catalog, provider } = this.#parts.settings();
      const entry = catalog.resolve(model);
      const call = this.#call(arrival, { arrivedMs, principal, said, body, entry });
      const { plan, hold } = this.#planAndReserve(call);
      await this.#intend(call, plan, hold);
      return this.#dispatch(call, plan, { hold, provider, isGone: arrival.isGone() });
    } catch (refusal) {
      responses.leave();
      throw refusal;
    }
  }

  /**
   * Who signed the request. A signature covers the body, which is read here for somebody unproven:
   * nothing is counted for the key, and nothing is told of it, before the signature holds.
   */
  async #signer(
    arrival: Arrival,
    credential: SignedRequest,
  ): Promise<{ readonly principal: Principal; readonly body: Buffer }> {
    const { keyring, rates } = this.#parts;
    rates.check(keyring.claimant(credential));
    const body = await arrival.body();
    return { principal: keyring.prove(credential, body), body };
  }

  #call(arrival: Arrival, admitted: Admitted): Call {
    const { arrivedMs, principal, said, body, entry } = admitted;
    const totalMs = Math.min(arrival.timeoutMs() ?? Infinity, entry.timeouts.totalMs);
    return {
      id: arrival.id,
      principal,
      attribution: attribute(arrival.attribution(), said.read.facts.user),
      request: clientRequest(said, body),
      entry,
      arrivedMs,
      arrivedWallMs: this.#parts.clock.wallMs(),
      deadlineMs: arrivedMs + totalMs,
    };
  }

  #planAndReserve(call: Call): { plan: Plan; hold: Hold } {
    const { clock, rates, budgets, dispatch } = this.#parts;
    const { principal, request } = call;
    const { facts } = request.read;
    try {
      const plan = planRoute(
        {
          model: facts.model,
          request,
          inputTokensBound: request.inputTokensBound,
          maxTokens: facts.maxTokens,
          choices: facts.choices,
          freeNanoUsd: budgets.isLimited(principal) ? budgets.freeNanoUsd(principal) : null,
        },
        call.entry,
        { health: dispatch.health, nowMs: clock.monotonicMs() },
      );
      const dearest = Math.max(...plan.attempts.map((attempt) => attempt.boundNanoUsd));
      return { plan, hold: budgets.reserve(principal, dearest) };
    } catch (refusal) {
      rates.refund(principal);
      throw refusal;
    }
  }

  /**
   * Closes the calls that were running when a process died: they count as spent at their
   * reservation until their usage is learnt (MON-10). Before the first request, and before
   * budgets are configured. Returns how many there were.
   */
  async recover(): Promise<number> {
    const { ledger, budgets, writer } = this.#parts;
    const intents = ledger.openIntents();
    if (intents.length === 0) return 0;
    const writes = intents.flatMap((intent) => [
      ...ledger.terminal([unknownRow(intent)]),
      ...budgets.spend(intent.accounts, intent.reservedNanoUsd),
    ]);
    await writer.commit(writes, "power");
    return intents.length;
  }

  /** The intent is durable before the first attempt: a crash in between leaves a trace (MON-10). */
  async #intend(call: Call, plan: Plan, hold: Hold): Promise<void> {
    const { rates, budgets, ledger, writer } = this.#parts;
    const intent = ledger.intent({
      id: call.id,
      timeMs: call.arrivedWallMs,
      subject: subjectOf(call, plan.attempts[0]?.target ?? null),
      reservedNanoUsd: hold.amountNanoUsd,
      accounts: hold.windows,
    });
    try {
      await writer.commit([intent], "process");
    } catch (failure) {
      budgets.settle(hold, 0);
      rates.refund(call.principal);
      throw failure;
    }
  }

  /** Opens the response and sends the first attempt; whatever becomes of it, it is settled once. */
  #dispatch(call: Call, plan: Plan, rest: DispatchRest): RunningCall {
    const { responses, dispatch } = this.#parts;
    const response = responses.open(call.id);
    const run = new Run(dispatch, {
      call,
      plan,
      answer: response,
      provider: rest.provider,
      settle: (result) => this.#settle(call, rest.hold, result),
    });
    response.cancelledBy((cause) => run.abort(cause));
    if (rest.isGone) run.abort("client_closed");
    else run.start();
    return { call, response };
  }

  /** One transaction: the terminal rows, the roll-up, the budget, the end of the intent. */
  #settle(call: Call, hold: Hold, result: CallResult): number | null {
    const { clock, budgets, ledger, writer, finished } = this.#parts;
    const settlement = settle(call, result, {
      reservedNanoUsd: hold.amountNanoUsd,
      endedMs: clock.monotonicMs(),
      endedWallMs: clock.wallMs(),
    });
    writer.enqueue([
      ...ledger.terminal(settlementRows(settlement)),
      ...budgets.settle(hold, settlement.costNanoUsd),
    ]);
    finished.record(settlement);
    return settlement.costNanoUsd;
  }
}

function clientRequest(said: SurfaceRequest, body: Buffer): ClientRequest {
  const { read } = said;
  let canonical: Parsed<CanonicalRequest> | null = null;
  return {
    ...said,
    inputTokensBound: inputTokensBound(read.facts.size, body.length),
    canonical: () => (canonical ??= read.toCanonical()),
  };
}

/** Our own header says best whom a call is for, else the dialect's field (WIR-12). */
const attribute = (attribution: Attribution, user: string | null): Attribution =>
  attribution.user === null && user !== null ? { ...attribution, user } : attribution;
