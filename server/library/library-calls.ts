import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { SaidCache } from "@sekisho/gateway/cache-policy.ts";
import type { RunningCall } from "@sekisho/gateway/running-call.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { Response } from "@sekisho/gateway/responses/response.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import type { Core } from "../compose/open-core.ts";
import type { Config } from "../config/schema.ts";
import type { ProcessPorts } from "../compose/process-ports.ts";
import { ClientDeparture } from "../edge/client-departure.ts";
import { readFailure } from "../edge/failure-reading.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import { clientBudgetView } from "../edge/budget-view.ts";
import { readAskedBudget, readAskedCall, readAskedVectors, type AskedCall } from "./asked-call.ts";
import { embeddingResult } from "./embedded-vectors.ts";
import type { EmbeddingResult } from "./embedding.ts";
import { LogReader } from "./log-reader.ts";
import { SekishoError } from "./sekisho-error.ts";

export interface LibraryPorts extends Pick<ProcessPorts, "clock" | "random" | "log"> {
  readonly core: Core;
}

/** A call under way, as the program that made it reads it. */
export interface LibraryCall extends Disposable {
  readonly requestId: string;
  /** The next event of the answer; null behind its last. Throws SekishoError. */
  next(): Promise<CanonicalEvent | null>;
  /** What the answer came to. Only once `next` has said that nothing follows. */
  completion(): Completion;
}

/** Takes calls of this process to the pipeline, as the edge does those of other processes. */
export class LibraryCalls {
  readonly #ports: LibraryPorts;
  readonly #ids: IdSource;
  readonly #principals = new Map<string, Principal>();
  readonly #running = new Set<Response>();
  /** Of calls for vectors, which have no response. */
  readonly #departures = new Set<ClientDeparture>();

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
    this.#ids = new IdSource(ports.clock, ports.random);
  }

  /** Throws SekishoError when a stage refuses: nothing is held or written then. */
  async begin(options: unknown, isStream: boolean): Promise<LibraryCall> {
    const { gateway } = this.#ports.core;
    const id = this.#ids.newBody();
    let asked: AskedCall | null = null;
    let principal: Principal | null = null;
    const departure = new ClientDeparture();
    const leave = (): void => departure.left();
    try {
      this.#checkOpen();
      asked = readAskedCall(options, isStream);
      principal = this.#principalOf(asked.tenant);
      asked.signal?.addEventListener("abort", leave, { once: true });
      if (asked.signal?.aborted === true) throw leftEarly();
      const arriving = { principal, departure, said: { surface: "library" } as const };
      const running = await gateway.pipeline.run(arrivalOf(id, asked, arriving));
      return this.#call(running, asked.signal);
    } catch (error) {
      const failure = readFailure(error, this.#ports.log, id);
      gateway.refused.record({ id, surface: "library", code: failure.code, principal });
      throw errorOf(failure, id, asked?.signal ?? null);
    } finally {
      asked?.signal?.removeEventListener("abort", leave);
    }
  }

  /** Vectors, whole or none. Throws SekishoError. */
  async embed(options: unknown): Promise<EmbeddingResult> {
    const { gateway } = this.#ports.core;
    const id = this.#ids.newBody();
    let asked: AskedCall | null = null;
    let principal: Principal | null = null;
    let isIn = false;
    const departure = new ClientDeparture();
    const leave = (): void => departure.left();
    this.#departures.add(departure);
    try {
      this.#checkOpen();
      asked = readAskedVectors(options);
      principal = this.#principalOf(asked.tenant);
      asked.signal?.addEventListener("abort", leave, { once: true });
      if (asked.signal?.aborted === true) throw leftEarly();
      const arriving = { principal, departure, said: { surface: "openai.embeddings" } as const };
      const outcome = await gateway.embeddings.embed(arrivalOf(id, asked, arriving));
      isIn = true;
      if (outcome.kind === "failed") throw outcome.failure;
      outcome.release();
      return embeddingResult(outcome, `req_${id}`);
    } catch (error) {
      const failure = readFailure(error, this.#ports.log, id);
      if (!isIn) {
        const { code } = failure;
        gateway.refused.record({ id, surface: "openai.embeddings", code, principal });
      }
      throw errorOf(failure, id, asked?.signal ?? null);
    } finally {
      this.#departures.delete(departure);
      asked?.signal?.removeEventListener("abort", leave);
    }
  }

  /** What a tenant's calls may spend yet. Throws SekishoError. */
  budget(question: unknown): ClientBudgetView {
    const { budgets } = this.#ports.core.gateway;
    try {
      this.#checkOpen();
      const { tenant, session } = readAskedBudget(question);
      const principal = this.#principalOf(tenant);
      const attribution = { user: null, session, agent: null };
      const books = budgets.booksOf({ principal, attribution });
      return clientBudgetView(books, budgets.requestLimit(principal));
    } catch (error) {
      throw new SekishoError(readFailure(error, this.#ports.log, "budget"), null);
    }
  }

  /** Ends what is under way. */
  cancelAll(): void {
    for (const response of this.#running) response.cancel("draining");
    for (const departure of this.#departures) departure.left();
  }

  #call({ call, response }: RunningCall, signal: AbortSignal | null): LibraryCall {
    const reader = new LogReader(response.log);
    const cancel = (): void => response.cancel("client_closed");
    this.#running.add(response);
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted === true) cancel();
    return {
      requestId: `req_${call.id}`,
      async next() {
        const event = signal?.aborted === true ? null : await reader.next();
        // Also of an answer that is whole, and waits here to be read.
        if (signal?.aborted === true) throw errorOf(leftEarly(), call.id, signal);
        const { state } = response;
        if (event?.type !== "error" && (event !== null || state.kind !== "failed")) return event;
        if (state.kind === "failed") throw errorOf(state.failure, call.id, signal);
        throw new Error("Cannot read the answer: it holds an error, and did not fail");
      },
      completion() {
        const { state } = response;
        if (state.kind === "complete") return state.completion;
        throw new Error(`Cannot sum the answer up: it is ${state.kind}`);
      },
      [Symbol.dispose]: () => {
        signal?.removeEventListener("abort", cancel);
        cancel();
        reader[Symbol.dispose]();
        this.#running.delete(response);
      },
    };
  }

  #checkOpen(): void {
    if (!this.#ports.core.drain.isOn()) return;
    const message = "Cannot take the call: the gateway is being disposed of, or has been";
    throw new Failure<Code>("draining", message, { retryable: false });
  }

  /** One object for each tenant: its budget and its rate are those of a key of their own. */
  #principalOf(tenant: string): Principal {
    const unknown = unknownTenant(this.#ports.core.config.config, tenant);
    if (unknown !== null) {
      const message = `Cannot take the call: ${unknown}`;
      throw new Failure<Code>("not_found", message, { param: "tenantId" });
    }
    const known = this.#principals.get(tenant) ?? principalOf(tenant);
    this.#principals.set(tenant, known);
    return known;
  }
}

/** The words for a tenant that is none of the configuration's; null for one that is. */
export function unknownTenant({ tenants }: Pick<Config, "tenants">, tenant: string): string | null {
  if (Object.hasOwn(tenants, tenant)) return null;
  // As JavaScript may ask: it may be no text.
  const shown = JSON.stringify(tenant).slice(0, 66);
  return `tenant ${shown} is none of ${Object.keys(tenants).slice(0, 10).join(", ")}`;
}

/** Keys of a configuration have no colon in their names. */
const principalOf = (tenant: string): Principal => ({
  keyId: `library:${tenant}`,
  tenant,
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["library", "openai.embeddings"],
  criticality: usualCriticality,
  requestBudget: null,
  streamGraceMs: null,
});

interface Arriving<Head extends AnyHead> {
  readonly principal: Principal;
  readonly departure: ClientDeparture;
  readonly said: Head;
}

const arrivalOf = <Head extends AnyHead>(
  id: string,
  { agent, session, body, signal, cacheTtl }: AskedCall,
  { principal, departure, said }: Arriving<Head>,
): Arrival<Head> => ({
  id,
  surface: said.surface,
  said: () => said,
  credential: { principal },
  sender: null,
  attribution: () => ({ user: null, session, agent }),
  timeoutMs: () => null,
  criticality: () => null,
  midStream: () => null,
  cache: () => saidCache(cacheTtl),
  connection: null,
  accepted() {},
  rated() {},
  body: () => Promise.resolve(body),
  isGone: () => signal?.aborted === true,
  gone: departure.signal,
});

function saidCache(ttlSeconds: number | null): SaidCache | null {
  if (ttlSeconds === null) return null;
  if (ttlSeconds === 0) return { kind: "no-store" };
  return { kind: "use", ttlMs: ttlSeconds * 1_000, isRefresh: false };
}

const leftEarly = (): Failure<Code> =>
  new Failure<Code>("client_closed", "Cannot go on with the call: its signal was aborted");

/** The reason of whoever aborted goes along. */
function errorOf(failure: Failure<Code>, id: string, signal: AbortSignal | null): SekishoError {
  const isOurs = failure.code === "client_closed" && signal?.aborted === true;
  const told = isOurs
    ? new Failure<Code>(failure.code, leftEarly().message, failure.details, signal.reason)
    : failure;
  return new SekishoError(told, `req_${id}`);
}
