import type { HealthReport } from "@sekisho/wire/admin/health.ts";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import type { BudgetQuestion } from "./budget-question.ts";
import type { EmbeddingRequest, EmbeddingResult } from "./embedding.ts";
import type { CompletionRequest, CompletionResult, CompletionStream } from "./completion.ts";
import type { CostFace } from "./cost.ts";
import type { ProcessStats, UsageQuestion, UsageSummary } from "./usage-summary.ts";

/**
 * A gateway inside this process. Its methods throw SekishoError; after `close` all that call or
 * read do.
 *
 * @example
 *   await using gateway = await createGateway();
 *   const { content, costUsd } = await gateway.complete({
 *     prompt: "Which manga is short?",
 *     model: "fast",
 *     tenantId: "demo",
 *     agentId: "librarian",
 *   });
 */
export interface SekishoGateway extends AsyncDisposable {
  /** A whole answer. It is asked for again elsewhere until it is complete or no target is left. */
  complete(request: CompletionRequest): Promise<CompletionResult>;
  /** An answer as it comes; after its first chunk nobody else is asked. */
  stream(request: CompletionRequest): CompletionStream;
  /** Vectors of texts: of all of them, made by one model, or of none. */
  embed(request: EmbeddingRequest): Promise<EmbeddingResult>;
  /** As `GET /v1/budget`: what calls of a tenant by the library may spend yet. */
  budget(question: BudgetQuestion): ClientBudgetView;
  /** Sums over the ledger of the data folder. */
  usage(question?: UsageQuestion): Promise<UsageSummary>;
  /** As `GET /health`: what the last calls have shown of each provider. */
  health(): HealthReport;
  /** What calls would cost. */
  readonly cost: CostFace;
  /** Sums over the calls of this process. */
  stats(): ProcessStats;
  /**
   * Takes no call any more, waits until those under way are over, but no longer than `graceMs` (10
   * s), ends the rest and closes everything. A second time it waits for the first.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  readonly graceMs?: number | undefined;
}
