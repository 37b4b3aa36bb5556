import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import type { Response } from "@sekisho/gateway/responses/response.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import type { Core } from "../compose/open-core.ts";
import type { ProcessPorts } from "../compose/process/process-ports.ts";
import type { Config } from "../config/schema.ts";
import { clientBudgetView } from "../edge/views/budget-view.ts";
import { ClientDeparture } from "../edge/exchanges/client-departure.ts";
import { readFailure } from "../edge/answers/failure-reading.ts";
import { readAskedBudget, readAskedCall, readAskedVectors, type AskedCall } from "./asked-call.ts";
import { errorOf, leftEarly } from "./call-error.ts";
import { embeddingResult } from "./embedded-vectors.ts";
import type { EmbeddingResult } from "./embedding.ts";
import { FoundCall } from "./found-call.ts";
import { foundVectors } from "./found-vectors.ts";
import { arrivalOf } from "./library-arrival.ts";
import type { LibraryCall } from "./library-call.ts";
import { liveCall } from "./live-call.ts";
import { onceAsked } from "./once-asked.ts";
import { SekishoError } from "./sekisho-error.ts";

export interface LibraryPorts extends Pick<ProcessPorts, "clock" | "random" | "log"> {
  readonly core: Core;
}

/** Takes calls of this process to the pipeline, as the edge does those of other processes. */
export class LibraryCalls {
  readonly #ports: LibraryPorts;
  readonly #ids: IdSource;
  readonly #principals = new Map<string, Principal>();
  readonly #running = new Set<Response>();
  /** Of calls for vectors, which have no response. */
  readonly #departures = new Set<ClientDeparture>();
  /** Also what had only begun is to end. */
  #isEnding = false;

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
    this.#ids = new IdSource(ports.clock, ports.random);
  }

  /** Throws SekishoError when a stage refuses: nothing is held or written then. */
  async begin(options: unknown, isStream: boolean): Promise<LibraryCall> {
    const { gateway, onceCalls } = this.#ports.core;
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
      const arrival = arrivalOf(id, asked, arriving);
      const once = onceAsked(onceCalls.joins, asked);
      if (once !== null) {
        const found = await onceCalls.run(arrival, once);
        this.#endLate();
        return new FoundCall(found, asked.signal);
      }
      const running = await gateway.pipeline.run(arrival);
      this.#running.add(running.response);
      this.#endLate();
      return liveCall(running, asked.signal, () => this.#running.delete(running.response));
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
      const vectors = await this.#vectorsOf(asked, arrivalOf(id, asked, arriving));
      isIn = true;
      return await vectors();
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

  /** Ends what is under way, and what has only begun once its response is there. */
  cancelAll(): void {
    this.#isEnding = true;
    for (const response of this.#running) response.cancel("draining");
    // Also those that their callers have left, and may come back to.
    this.#ports.core.streams.cancelAll("draining");
    for (const departure of this.#departures) departure.left();
  }

  /** Its response came to be behind the end of all others. */
  #endLate(): void {
    if (this.#isEnding) this.cancelAll();
  }

  /** What it throws are the refusals of the stages; what it returns tells how a call has ended. */
  async #vectorsOf(
    asked: AskedCall,
    arrival: Arrival<EmbeddingHead>,
  ): Promise<() => EmbeddingResult | Promise<EmbeddingResult>> {
    const { gateway, onceVectors } = this.#ports.core;
    const once = onceAsked(onceVectors.joins, asked);
    if (once !== null) {
      const found = await onceVectors.run(arrival, once);
      this.#endLate();
      return () => foundVectors(found, asked.signal);
    }
    const outcome = await gateway.embeddings.embed(arrival);
    return () => {
      if (outcome.kind === "failed") throw outcome.failure;
      outcome.release();
      return embeddingResult(outcome, { requestId: `req_${arrival.id}`, firstRequestId: null });
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
