import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { TimeLimit } from "@sekisho/lib/time/time-limit.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { ok, type Parsed } from "@sekisho/wire/result.ts";
import type { Arrival } from "./arrival.ts";
import type { Attached, Attachments } from "./attachments/attachments.ts";
import { needsBytes, neededKinds } from "./attachments/needed-kinds.ts";
import type { RequestLimit } from "./budget/budget-limit.ts";
import type { Budgets, FreeAmounts } from "./budget/budgets.ts";
import { outputAllowance } from "./budget/request-limit.ts";
import type { Call } from "./call.ts";
import type { Catalog } from "./catalog/catalog.ts";
import type { Credential, KeylessRequest, SignedRequest } from "./credential.ts";
import { estimateInputTokens } from "./estimate-tokens.ts";
import type { Health } from "./health.ts";
import { headerFeaturesOf } from "./header-features.ts";
import type { Keyring } from "./identity/keyring.ts";
import { checkModel, checkSurface } from "./identity/permission.ts";
import type { LoadGate } from "./limits/load-gate.ts";
import type { RequestRates } from "./limits/request-rates.ts";
import type { ModelEntry } from "./model-entry.ts";
import { checkModelName } from "./model-name.ts";
import type { Plan } from "./plan.ts";
import type { Attribution, Principal } from "./principal.ts";
import type { Provider, ProviderPlace } from "./provider.ts";
import type { AnyHead, ClientRequest, SurfaceRequest } from "./request.ts";
import type { Responses } from "./responses/responses.ts";
import type { Lots } from "./route/lots.ts";
import { planRoute, type RouteQuestion } from "./route/route.ts";
import { apiFor, passes } from "./target-api.ts";
import { fetchedTokensBound, inputTokensBound } from "./usage/upper-bound.ts";

/** What of a configuration a call depends on. */
export interface CallSettings {
  readonly catalog: Catalog;
  /** Throws Failure when the provider, or its credential, is not configured. */
  readonly provider: (place: ProviderPlace) => Provider;
}

export interface AdmissionParts {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly rates: RequestRates;
  readonly load: Pick<LoadGate, "check">;
  /** The configuration of now; a call keeps to the one it arrived in. */
  readonly settings: () => CallSettings;
  readonly attachments: Attachments;
  readonly budgets: Pick<Budgets, "isMoneyLimited" | "free" | "requestLimit">;
  readonly health: Health;
  readonly lots: Lots;
  readonly responses: Responses;
  /** What windows are held against; null where they do not matter. */
  readonly inputEstimate: (request: ClientRequest) => (() => number) | null;
}

/** A request that may go on, and the providers of the configuration it arrived in. */
export interface Admitted {
  readonly call: Call;
  readonly bodyBytes: number;
  readonly provider: CallSettings["provider"];
}

/** A call, where it may go, and what was fetched for it. */
export interface PlannedCall {
  readonly call: Call;
  readonly plan: Plan;
  readonly attached: Attached | null;
}

interface Sender {
  readonly principal: Principal;
  readonly body: Buffer | null;
}

/** What the stages have found out. */
interface Known {
  readonly arrivedMs: number;
  readonly principal: Principal;
  readonly said: SurfaceRequest;
  readonly body: Buffer;
  readonly entry: ModelEntry;
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
  ): Promise<Admitted> {
    const { clock, load, rates, responses } = this.#parts;
    const arrivedMs = clock.monotonicMs();

    const { credential } = arrival;
    const known: Sender = isSigned(credential)
      ? await this.#signer(arrival, credential)
      : { principal: this.#holder(credential), body: null };
    const { principal } = known;
    arrival.accepted(principal);
    checkSurface(principal, arrival.surface);
    // Who signs is asked before its body is read, which is behind us here.
    if (known.body === null) load.check(principal, arrival.criticality());
    rates.check(principal); // before a body is read, and without consuming anything
    responses.enter();
    try {
      const body = known.body ?? (await arrival.body());
      const said = read(arrival.said(), body);
      const model = checkModelName(said.read.facts.model, "model");
      checkModel(principal, model);
      rates.admit(principal);

      const { catalog, provider } = this.#parts.settings();
      const entry = catalog.resolve(model, principal);
      const call = this.#call(arrival, { arrivedMs, principal, said, body, entry });
      return { call, bodyBytes: body.length, provider };
    } catch (refusal) {
      responses.leave();
      throw refusal;
    }
  }

  #holder(credential: string | KeylessRequest): Principal {
    return typeof credential === "string"
      ? this.#parts.keyring.authenticate(credential)
      : credential.principal;
  }

  /**
   * Who signed the request. A signature covers the body, which is read here for somebody unproven:
   * nothing is counted for the key, and nothing is told of it, before the signature holds.
   */
  async #signer(
    arrival: Pick<Arrival, "body" | "criticality">,
    credential: SignedRequest,
  ): Promise<Sender> {
    const { keyring, load, rates } = this.#parts;
    const claimant = keyring.claimant(credential);
    load.check(claimant, arrival.criticality());
    rates.check(claimant);
    const body = await arrival.body();
    return { principal: keyring.prove(credential, body), body };
  }

  /** Where the call may go. A refusal gives the request back to the key's rate. Throws Failure. */
  plan(call: Call): Plan {
    const { clock, rates, budgets, health } = this.#parts;
    const { principal, request, entry, lot } = call;
    const view = { health, lot, nowMs: clock.monotonicMs() };
    try {
      const means = {
        free: budgets.free(call),
        allowance: allowanceOf(request, budgets.requestLimit(principal)),
        isPriced: budgets.isMoneyLimited(principal),
        atWallMs: call.arrivedWallMs,
        inputEstimate: this.#parts.inputEstimate(request),
      };
      return planRoute(questionOf(request, means), entry, view);
    } catch (refusal) {
      rates.refund(principal);
      throw refusal;
    }
  }

  /**
   * What targets of the plan take no URL of is fetched before any money is held, and the call is
   * planned again with what is known of it then (WIR-13, MON-4). Where that fails, the targets are
   * left that need none of it. A failure costs its place in the key's rate: somebody was called.
   * Nothing is fetched any more for a client that has left.
   */
  async attach(
    { call, bodyBytes }: Admitted,
    plan: Plan,
    arrival: Pick<Arrival, "gone">,
  ): Promise<PlannedCall> {
    const kinds = neededKinds(call.request, plan.attempts);
    const canonical = kinds.size === 0 ? null : call.request.canonical();
    if (canonical?.ok !== true) return { call, plan, attached: null };
    const gone = arrival.gone();
    let attached: Attached;
    try {
      attached = await this.#fetch(canonical.value, { call, kinds, gone });
    } catch (failure) {
      if (gone.aborted) throw failure;
      const attempts = plan.attempts.filter((each) => !needsBytes(each, call.request, kinds));
      if (attempts.length === 0) throw failure;
      return { call, plan: { ...plan, attempts }, attached: null };
    }
    try {
      const next = { ...call, request: attachedRequest(call, attached, bodyBytes) };
      return { call: next, plan: this.plan(next), attached };
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
    const { arrivedMs, principal, said, body, entry } = known;
    const totalMs = Math.min(arrival.timeoutMs() ?? Infinity, entry.totalMs);
    return {
      id: arrival.id,
      principal,
      attribution: attribute(arrival.attribution(), said.read.facts.user),
      request: clientRequest(said, body),
      entry,
      lot: this.#parts.lots.draw(entry),
      arrivedMs,
      arrivedWallMs: this.#parts.clock.wallMs(),
      deadlineMs: arrivedMs + totalMs,
    };
  }
}

const isSigned = (credential: Credential): credential is SignedRequest =>
  typeof credential !== "string" && "claim" in credential;

/** What budgets leave for a call, whether one of them counts money, and when it is priced. */
export interface Means {
  readonly free: FreeAmounts;
  /** Output tokens that each call of the key may ask for; Infinity where that is not limited. */
  readonly allowance: number;
  readonly isPriced: boolean;
  /** The instant of its prices. */
  readonly atWallMs: number;
  /** See `RouteQuestion`. */
  readonly inputEstimate: RouteQuestion["inputEstimate"];
}

/** Of calls that a model answers: vectors are made of each input alone. */
export const chatEstimate = (request: ClientRequest): (() => number) | null =>
  request.surface === "openai.embeddings" ? null : () => estimateInputTokens(request);

/**
 * How many output tokens a limit on each call leaves this one. Throws Failure
 * `request_exceeds_budget`.
 */
export function allowanceOf(request: ClientRequest, limit: RequestLimit | null): number {
  const { maxTokens, choices } = request.read.facts;
  const inputEstimate = (): number => estimateInputTokens(request);
  return outputAllowance(limit, { inputEstimate, maxTokens, choices });
}

/** What a request asks of a route. */
export function questionOf(
  request: ClientRequest,
  { free, allowance, isPriced, atWallMs, inputEstimate }: Means,
): RouteQuestion {
  const { inputTokensBound } = request;
  const { model, maxTokens, choices } = request.read.facts;
  return {
    model,
    request,
    inputTokensBound,
    inputEstimate,
    maxTokens,
    choices,
    atWallMs,
    freeNanoUsd: isPriced ? free.nanoUsd : null,
    freeOutputTokens: Math.min(free.outputTokens, allowance),
  };
}

/** A request as the stages behind admission see it. */
export function clientRequest(said: SurfaceRequest, body: Buffer): ClientRequest {
  const { read } = said;
  let canonical: Parsed<CanonicalRequest> | null = null;
  return {
    ...said,
    inputTokensBound: inputTokensBound(read.facts.size, body.length),
    headerFeatures: headerFeaturesOf(said),
    canonical: () => (canonical ??= read.toCanonical()),
    forget: () => {
      canonical = null;
      read.forget();
    },
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

/** Our own header says best whom a call is for, else the dialect's field (WIR-12). */
const attribute = (attribution: Attribution, user: string | null): Attribution =>
  attribution.user === null && user !== null ? { ...attribution, user } : attribution;
