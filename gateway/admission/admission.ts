import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { TimeLimit } from "@sekisho/lib/time/time-limit.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { ok } from "@sekisho/wire/result.ts";
import type { Arrival } from "../arrival.ts";
import type { Attached, Attachments } from "../attachments/attachments.ts";
import { needsBytes, neededKinds } from "../attachments/needed-kinds.ts";
import type { Budgets, FreeAmounts } from "../budget/budgets.ts";
import type { Call } from "../call.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { clientRequest, promptBytes } from "./client-request.ts";
import type { Credential, KeylessRequest, Sender, SignedRequest } from "../credential.ts";
import type { Health } from "../health.ts";
import type { Keyring } from "../identity/keyring.ts";
import { boundAttribution } from "../identity/bound-attribution.ts";
import { checkModel, checkSurface } from "../identity/permission.ts";
import type { LoadGate } from "../limits/load-gate.ts";
import type { RateAsker } from "../limits/rate-limit.ts";
import type { Permit, Rates } from "../limits/rates.ts";
import { isContinuedCall } from "./is-continued-call.ts";
import { isCriticalCall } from "./is-critical-call.ts";
import type { KnownRequest, KnownRequests } from "../cache/known-requests.ts";
import { allowanceOf, freeWithin, questionOf } from "./means.ts";
import type { ModelEntry } from "../model-entry.ts";
import { checkModelName } from "../model-name.ts";
import type { Plan } from "../plan.ts";
import { attribute, type Attribution, type Principal } from "../principal.ts";
import type { Provider, ProviderPlace } from "../provider.ts";
import type { AnyHead, ClientRequest, SurfaceRequest } from "../request.ts";
import type { Quotas } from "../quota.ts";
import type { Responses } from "../responses/responses.ts";
import type { Lots } from "../route/lots.ts";
import { chooseEntry } from "../route/choose-entry.ts";
import { planRoute } from "../route/route.ts";
import type { SplitWeights } from "../split.ts";
import { apiFor, passes } from "../target-api.ts";
import { fetchedTokensBound } from "../usage/upper-bound.ts";

/** What of a configuration a call depends on. */
export interface CallSettings {
  readonly catalog: Catalog;
  /** Throws Failure when the provider, or its credential, is not configured. */
  readonly provider: (place: ProviderPlace) => Provider;
}

export interface AdmissionParts {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly rates: Rates;
  readonly load: Pick<LoadGate, "check">;
  /** The configuration of now; a call keeps to the one it arrived in. */
  readonly settings: () => CallSettings;
  readonly attachments: Attachments;
  readonly budgets: Pick<Budgets, "isMoneyLimited" | "free" | "requestLimit">;
  readonly health: Health;
  readonly quotas: Pick<Quotas, "hasRoom">;
  readonly lots: Lots;
  readonly splits: SplitWeights;
  readonly responses: Responses;
  /** What was read before. */
  readonly known: Pick<KnownRequests, "find" | "keep">;
  /** What windows are held against; null where they do not matter. */
  readonly inputEstimate: (request: ClientRequest) => (() => number) | null;
}

/** A request that may go on, and the providers of the configuration it arrived in. */
export interface Admitted<Head extends AnyHead = AnyHead> {
  readonly call: Call;
  readonly body: Buffer;
  /** What it says outside of its body. */
  readonly said: Head;
  /** Null where the body was read for this call. */
  readonly known: KnownRequest | null;
  readonly provider: CallSettings["provider"];
  readonly asker: RateAsker;
  /** What its rates have granted already; null where they were not asked yet. */
  readonly permit: Permit | null;
}

/** A call, where it may go, and what was fetched for it. */
export interface PlannedCall extends Pick<Admitted, "call" | "asker" | "permit"> {
  readonly plan: Plan;
  readonly attached: Attached | null;
}

interface Proven {
  readonly principal: Principal;
  readonly body: Buffer | null;
}

/** What the stages have found out. */
interface Known {
  readonly arrivedMs: number;
  readonly principal: Principal;
  /** As the head says it. */
  readonly attribution: Attribution;
  readonly request: ClientRequest;
  /** What the name stands for. */
  readonly named: ModelEntry;
}

/** A call, and where it may go. */
export interface AskedCall extends Admitted {
  readonly plan: Plan;
}

interface Needs {
  readonly canonical: CanonicalRequest;
  readonly kinds: ReadonlySet<MediaKind>;
  readonly gone: AbortSignal;
}

interface FetchInput {
  readonly call: Call;
  readonly kinds: ReadonlySet<MediaKind>;
  readonly gone: AbortSignal;
}

/** The stages that come before money: those of calls and of counts alike. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Takes a request from its head to a call that counts among those under way: whoever gets it
   * counts it out. Throws Failure when a stage refuses; nothing is counted or consumed then.
   */
  async admit<Head extends AnyHead>(
    arrival: Arrival<Head>,
    read: (said: Head, body: Buffer) => SurfaceRequest,
  ): Promise<Admitted<Head>> {
    const { clock, load, responses } = this.#parts;
    const arrivedMs = clock.monotonicMs();

    const { credential } = arrival;
    const proven: Proven = isSigned(credential)
      ? await this.#signer(arrival, credential)
      : { principal: this.#holder(credential, arrival.sender), body: null };
    const { principal } = proven;
    arrival.accepted(principal);
    checkSurface(principal, arrival.surface);
    // Who signs is asked before its body is read, which is behind us here.
    if (proven.body === null) load.check(principal, arrival.criticality());
    const attribution = boundAttribution(principal, arrival.attribution());
    // Before a body is read, and without consuming anything.
    this.#look(arrival, {
      principal,
      user: attribution.user ?? undefined,
      connection: arrival.connection,
      model: undefined,
    });
    responses.enter(principal.tenant);
    try {
      const body = proven.body ?? (await arrival.body());
      const said = arrival.said();
      const known = this.#parts.known.find({ tenant: principal.tenant, said, body, read });
      const asked = known?.request ?? read(said, body);
      const model = checkModelName(asked.read.facts.model, "model");
      checkModel(principal, model);

      const { catalog, provider } = this.#parts.settings();
      const named = catalog.resolve(model, principal);
      const request = clientRequest(asked, body);
      const found = { arrivedMs, principal, attribution, request, named };
      const call = this.#call(arrival, found);
      const { user } = call.attribution;
      const asker = { principal, user, connection: arrival.connection, model: named.name };
      this.#look(arrival, asker);
      return { call, body, said, known, provider, asker, permit: null };
    } catch (refusal) {
      responses.leave();
      throw refusal;
    }
  }

  /** It was answered without a model: who asks once more is not read again (PRF-7). */
  remember<Head extends AnyHead>(
    { call, body, said, known }: Admitted<Head>,
    read: (said: Head, body: Buffer) => SurfaceRequest,
  ): void {
    const { tenant } = call.principal;
    if (known === null) this.#parts.known.keep({ tenant, said, body, read }, call.arrivedMs);
    // What was parsed once more for this call is no part of what is remembered.
    else known.request.read.forget();
  }

  /** Who may not send now is refused before it costs more, and told what its rates are. */
  #look(arrival: Pick<Arrival, "rated">, asker: RateAsker): void {
    this.#parts.rates.look(asker, (standing) => arrival.rated(standing));
  }

  #holder(credential: string | KeylessRequest, sender: Sender | null): Principal {
    return typeof credential === "string"
      ? this.#parts.keyring.authenticate(credential, sender)
      : credential.principal;
  }

  /**
   * Who signed the request. A signature covers the body, which is read here for somebody unproven:
   * nothing is counted for the key, and nothing is told of it, before the signature holds.
   */
  async #signer(
    arrival: Pick<Arrival, "body" | "criticality" | "connection" | "sender">,
    credential: SignedRequest,
  ): Promise<Proven> {
    const { keyring, load, rates } = this.#parts;
    const claimant = keyring.claimant(credential);
    load.check(claimant, arrival.criticality());
    const { connection } = arrival;
    rates.check({ principal: claimant, user: undefined, connection, model: undefined });
    const body = await arrival.body();
    return { principal: keyring.prove(credential, body, arrival.sender), body };
  }

  /** Where the call may go. Throws Failure. */
  plan({ call, asker }: Pick<Admitted, "call" | "asker">): Plan {
    const { clock, budgets, health, quotas, settings } = this.#parts;
    const { principal, request, entry, choice, lot } = call;
    const view = { health, quotas, lot, nowMs: clock.monotonicMs() };
    const means = {
      free: this.#free(call, asker),
      allowance: allowanceOf(request, entry, budgets.requestLimit(principal)),
      isPriced: budgets.isMoneyLimited(call),
      isCritical: call.isCritical,
      atWallMs: call.arrivedWallMs,
      inputEstimate: this.#parts.inputEstimate(request),
    };
    try {
      return planRoute(questionOf(request, choice, means), entry, view);
    } catch (refusal) {
      // A name of a family that has no price may have been misspelt.
      const { model } = request.read.facts;
      throw settings().catalog.hinted(refusal, { model, asking: principal });
    }
  }

  /** What budgets leave; an answer that no rate ever grants is not asked for either. */
  #free(call: Call, asker: RateAsker): FreeAmounts {
    const { budgets, rates } = this.#parts;
    return freeWithin(rates.mostTokens(asker), budgets.free(call), call.request);
  }

  /**
   * What targets of the plan take no URL of is fetched before any money is held, and the call is
   * planned again with what is known of it then (WIR-13, MON-4). Where that fails, the targets are
   * left that need none of it. A call that something is fetched for takes its place in the rates
   * before, and does not give it back: somebody was called. Nothing is fetched any more for a
   * client that has left.
   */
  attach(
    admitted: Admitted,
    plan: Plan,
    arrival: Pick<Arrival, "gone">,
  ): PlannedCall | Promise<PlannedCall> {
    const { request } = admitted.call;
    const kinds = neededKinds(request, plan.attempts);
    const canonical = kinds.size === 0 ? null : request.canonical();
    // Nearly every call needs nothing, and waits for nothing here.
    if (canonical?.ok !== true) return { ...admitted, plan, attached: null };
    const needs = { canonical: canonical.value, kinds, gone: arrival.gone() };
    return this.#attachWithin({ ...admitted, plan }, needs);
  }

  async #attachWithin(asked: AskedCall, needs: Needs): Promise<PlannedCall> {
    const { rates } = this.#parts;
    const permit = asked.permit ?? rates.admit(asked.asker, 0);
    try {
      return await this.#attach({ ...asked, permit }, needs);
    } catch (refusal) {
      if (permit !== asked.permit) rates.close(permit, { isSent: true, tokens: 0 });
      throw refusal;
    }
  }

  async #attach(asked: AskedCall, { canonical, kinds, gone }: Needs): Promise<PlannedCall> {
    const { call, asker, plan } = asked;
    let attached: Attached;
    try {
      attached = await this.#fetch(canonical, { call, kinds, gone });
    } catch (failure) {
      if (gone.aborted) throw failure;
      const attempts = plan.attempts.filter((each) => !needsBytes(each, call.request, kinds));
      if (attempts.length === 0) throw failure;
      return { ...asked, plan: { ...plan, attempts }, attached: null };
    }
    try {
      const next = {
        ...call,
        request: attachedRequest(call, attached, promptBytes(call.request, asked.body)),
      };
      return { ...asked, call: next, plan: this.plan({ call: next, asker }), attached };
    } catch (refusal) {
      attached[Symbol.dispose]();
      throw refusal;
    }
  }

  async #fetch(request: CanonicalRequest, { call, kinds, gone }: FetchInput): Promise<Attached> {
    const { clock, attachments } = this.#parts;
    const message = "Cannot fetch the attachments: the request's deadline has passed";
    const reason = new Failure<Code>("deadline_exceeded", message);
    const ms = call.deadlineMs - clock.monotonicMs();
    using limit = new TimeLimit(clock, { ms, below: gone, reason });
    const { tenant } = call.principal;
    return await attachments.resolve(request, { tenant, kinds, signal: limit.signal });
  }

  #call(arrival: Arrival<AnyHead>, known: Known): Call {
    const { arrivedMs, principal, attribution, request, named } = known;
    const { lots, splits } = this.#parts;
    const whom = attribute(attribution, request.read.facts.user);
    const { tenant } = principal;
    const draw = (): number => lots.draw(named).draw;
    const { entry, choice } = chooseEntry(named, {
      request,
      tenant,
      attribution: whom,
      draw,
      splits,
    });
    const totalMs = Math.min(arrival.timeoutMs() ?? Infinity, entry.totalMs);
    return {
      id: arrival.id,
      principal,
      attribution: whom,
      maxNanoUsd: arrival.maxNanoUsd?.() ?? null,
      request,
      entry,
      choice,
      lot: lots.draw(entry),
      arrivedMs,
      arrivedWallMs: this.#parts.clock.wallMs(),
      isCritical: isCriticalCall(entry, principal, arrival),
      continues: isContinuedCall(entry, arrival),
      deadlineMs: arrivedMs + totalMs,
    };
  }
}

const isSigned = (credential: Credential): credential is SignedRequest =>
  typeof credential !== "string" && "claim" in credential;

/**
 * The request with bytes in place of URLs, for the targets that it is translated for. One that its
 * own bytes are passed to still fetches what they name, and only its provider knows how much.
 */
function attachedRequest(
  { request, entry }: Call,
  attached: Attached,
  body: number,
): ClientRequest {
  const { size } = request.read.facts;
  const canonical = ok(attached.request);
  const isTranslated = entry.pools.every(({ targets }) =>
    targets.every((target) => !passes(request, apiFor(target, request), target.upstreamModel)),
  );
  return {
    ...request,
    canonical: () => canonical,
    inputTokensBound: isTranslated
      ? fetchedTokensBound(size, body, attached.fetched)
      : request.inputTokensBound,
  };
}
