import { queryUsage } from "@sekisho/gateway/ledger/usage-query.ts";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { HealthReport } from "@sekisho/wire/admin/health.ts";
import { usageRanges, type UsageRange } from "@sekisho/wire/admin/usage.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { healthSources } from "../compose/edge/health-sources.ts";
import { healthReport } from "../edge/health.ts";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import type { BudgetQuestion } from "./budget-question.ts";
import type { EmbeddingRequest, EmbeddingResult } from "./embedding.ts";
import type { CompletionRequest, CompletionResult, CompletionStream } from "./completion.ts";
import { LibraryCalls, type LibraryPorts, unknownTenant } from "./library-calls.ts";
import { LibraryCost } from "./library-cost.ts";
import type { CloseOptions, SekishoGateway } from "./sekisho-gateway.ts";
import { SekishoError } from "./sekisho-error.ts";
import { readAnswer, TextStream } from "./text-stream.ts";
import { processStats, usageSummary } from "./usage-sums.ts";
import type { ProcessStats, UsageQuestion, UsageSummary } from "./usage-summary.ts";

const usualGraceMs = 10_000;

/** What was cancelled ends at its next step: a call that begins may wait for the disk before it. */
const endingMs = 2_000;

/** The gateway of a program: calls without HTTP, on the core that the server has as well. */
export class LibraryGateway implements SekishoGateway {
  readonly cost: LibraryCost;
  readonly #ports: LibraryPorts;
  readonly #calls: LibraryCalls;
  #closing: Promise<void> | null = null;

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
    this.#calls = new LibraryCalls(ports);
    const { core, clock } = ports;
    this.cost = new LibraryCost({ core, wallMs: () => clock.wallMs() });
  }

  async complete(request: CompletionRequest): Promise<CompletionResult> {
    const reading = readAnswer(() => this.#calls.begin(request, false), this.#ports.clock);
    for (;;) {
      const step = await reading.next();
      if (step.done === true) return step.value;
    }
  }

  stream(request: CompletionRequest): CompletionStream {
    return new TextStream(readAnswer(() => this.#calls.begin(request, true), this.#ports.clock));
  }

  embed(request: EmbeddingRequest): Promise<EmbeddingResult> {
    return this.#calls.embed(request);
  }

  budget(question: BudgetQuestion): ClientBudgetView {
    return this.#calls.budget(question);
  }

  async usage(question: UsageQuestion = {}): Promise<UsageSummary> {
    this.#checkOpen("usage");
    const { core, clock } = this.#ports;
    const range = rangeOf(question);
    const { tenantId = null, agentId = null } = question;
    const unknown = tenantId === null ? null : unknownTenant(core.config.config, tenantId);
    if (unknown !== null) throw noSuchTenant(unknown);
    // The ends of calls are written behind their answers.
    await core.storage.writer.flush();
    const report = queryUsage(core.storage.reader, {
      tenant: tenantId,
      // Nobody's calls caused what probes cost.
      without: tenantId === null ? probeTenant : null,
      team: null,
      key: null,
      agent: agentId,
      rangeMs: usageRanges[range],
      nowMs: clock.wallMs(),
      group: null,
    });
    return usageSummary(report);
  }

  health(): HealthReport {
    this.#checkOpen("health");
    const { core, clock } = this.#ports;
    return healthReport(healthSources(core, clock));
  }

  stats(): ProcessStats {
    this.#checkOpen("stats");
    return processStats(this.#ports.core.gateway.totals.figures);
  }

  close({ graceMs = usualGraceMs }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    const { core, log } = this.#ports;
    core.gateway.probes.stop();
    await core.drain.run(graceMs, () => Promise.resolve());
    this.#calls.cancelAll();
    // They are booked while there is a file to book them in.
    await core.drain.run(endingMs, () => Promise.resolve());
    await core[Symbol.asyncDispose]();
    log.flush();
  }

  #checkOpen(what: string): void {
    if (this.#closing === null) return;
    const message = `Cannot tell ${what}: the gateway is being disposed of, or has been`;
    throw new SekishoError(new Failure<Code>("draining", message, { retryable: false }), null);
  }
}

const noSuchTenant = (why: string): SekishoError => {
  const details = { param: "tenantId" };
  return new SekishoError(
    new Failure<Code>("not_found", `Cannot tell usage: ${why}`, details),
    null,
  );
};

function rangeOf({ range = "24h" }: UsageQuestion): UsageRange {
  if (Object.hasOwn(usageRanges, range)) return range;
  const known = Object.keys(usageRanges).join(", ");
  const message = `Cannot tell usage: range is none of ${known}`;
  throw new SekishoError(new Failure<Code>("invalid_value", message, { param: "range" }), null);
}
