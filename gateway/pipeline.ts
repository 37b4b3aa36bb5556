import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { TimeLimit } from "@sekisho/lib/time/time-limit.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { ok, type Parsed } from "@sekisho/wire/result.ts";
import type { Arrival } from "./arrival.ts";
import type { Attached, Attachments } from "./attachments/attachments.ts";
import { needsBytes, neededKinds } from "./attachments/needed-kinds.ts";
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
import { apiFor } from "./target-api.ts";
import { fetchedTokensBound, inputTokensBound } from "./usage/upper-bound.ts";
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
  readonly attachments: Attachments;
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

/** A call, where it may go, and what was fetched for it. */
interface PlannedCall {
  readonly call: Call;
  readonly plan: Plan;
  readonly attached: Attached | null;
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
      const planned = await this.#attach(call, this.#plan(call), body.length);
      try {
        const hold = this.#reserve(planned);
        await this.#intend(planned, hold);
        return this.#dispatch(planned, { hold, provider, isGone: arrival.isGone() });
      } catch (refusal) {
        planned.attached?.[Symbol.dispose]();
        throw refusal;
      }
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

  #plan(call: Call): Plan {
    const { clock, rates, budgets, dispatch } = this.#parts;
    const { principal, request } = call;
    const { facts } = request.read;
    try {
      return planRoute(
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
    } catch (refusal) {
      rates.refund(principal);
      throw refusal;
    }
  }

  /**
   * What targets of the plan take no URL of is fetched before any money is held, and the call is
   * planned again with what is known of it then (WIR-13, MON-4). Where that fails, the targets are
   * left that need none of it. A failure costs its place in the key's rate: somebody was called.
   */
  async #attach(call: Call, plan: Plan, bodyBytes: number): Promise<PlannedCall> {
    const kinds = neededKinds(call.request, plan.attempts);
    const canonical = kinds.size === 0 ? null : call.request.canonical();
    if (canonical?.ok !== true) return { call, plan, attached: null };
    let attached: Attached;
    try {
      attached = await this.#fetch(canonical.value, kinds, call.deadlineMs);
    } catch (failure) {
      const attempts = plan.attempts.filter((each) => !needsBytes(each, call.request, kinds));
      if (attempts.length === 0) throw failure;
      return { call, plan: { ...plan, attempts }, attached: null };
    }
    try {
      const next = { ...call, request: attachedRequest(call, attached, bodyBytes) };
      return { call: next, plan: this.#plan(next), attached };
    } catch (refusal) {
      attached[Symbol.dispose]();
      throw refusal;
    }
  }

  async #fetch(
    request: CanonicalRequest,
    kinds: ReadonlySet<MediaKind>,
    deadlineMs: number,
  ): Promise<Attached> {
    const { clock, attachments } = this.#parts;
    const message = "Cannot fetch the attachments: the request's deadline has passed";
    const reason = new Failure<Code>("deadline_exceeded", message);
    const ms = deadlineMs - clock.monotonicMs();
    using limit = new TimeLimit(clock, { ms, below: null, reason });
    return await attachments.resolve(request, { kinds, signal: limit.signal });
  }

  #reserve({ call, plan, attached }: PlannedCall): Hold {
    const { rates, budgets } = this.#parts;
    const dearest = Math.max(...plan.attempts.map((attempt) => attempt.boundNanoUsd));
    try {
      return budgets.reserve(call.principal, dearest);
    } catch (refusal) {
      if (attached === null) rates.refund(call.principal);
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
  async #intend({ call, plan }: PlannedCall, hold: Hold): Promise<void> {
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
  #dispatch({ call, plan, attached }: PlannedCall, rest: DispatchRest): RunningCall {
    const { responses, dispatch } = this.#parts;
    const response = responses.open(call.id);
    const run = new Run(dispatch, {
      call,
      plan,
      answer: response,
      provider: rest.provider,
      settle: (result) => {
        attached?.[Symbol.dispose]();
        return this.#settle(call, rest.hold, result);
      },
    });
    response.cancelledBy((cause) => run.abort(cause));
    if (rest.isGone) run.abort("client_closed");
    else run.start();
    return { call, response };
  }

  /**
   * One transaction: the terminal rows, the roll-up, the budget, the end of the intent. The money
   * is booked at once; rows and log line are made when the end of the answer is on its way.
   */
  #settle(call: Call, hold: Hold, result: CallResult): number | null {
    const { clock, budgets, ledger, writer, finished } = this.#parts;
    const settlement = settle(call, result, {
      reservedNanoUsd: hold.amountNanoUsd,
      endedMs: clock.monotonicMs(),
      endedWallMs: clock.wallMs(),
    });
    const spent = budgets.settle(hold, settlement.costNanoUsd);
    queueMicrotask(() => {
      writer.enqueue([...ledger.terminal(settlementRows(settlement)), ...spent]);
      finished.record(settlement);
    });
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

/**
 * The request with bytes in place of URLs, for the targets that it is translated for. One that its
 * own bytes are passed to still fetches what they name, and only its provider knows how much.
 */
function attachedRequest(
  { request, entry }: Call,
  attached: Attached,
  body: number,
): ClientRequest {
  const { surface, read } = request;
  const canonical = ok(attached.request);
  const isTranslated = entry.targets.every((target) => apiFor(target, surface) !== surface);
  return {
    ...request,
    canonical: () => canonical,
    inputTokensBound: isTranslated
      ? fetchedTokensBound(read.facts.size, body, attached.fetched)
      : request.inputTokensBound,
  };
}

/** Our own header says best whom a call is for, else the dialect's field (WIR-12). */
const attribute = (attribution: Attribution, user: string | null): Attribution =>
  attribution.user === null && user !== null ? { ...attribution, user } : attribution;
