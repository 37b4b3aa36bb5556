// The door of the package `sekisho`: what is handed on here is its whole public face.
export { createGateway } from "./create-gateway.ts";
export type { GatewayConfig, GatewayConfigFile } from "./create-gateway.ts";
export type {
  AnswerOptions,
  CallOptions,
  ChatMessage,
  CompletionRequest,
  CompletionResult,
  CompletionStream,
  Prompt,
  StopReason,
  StreamChunk,
  TokenCounts,
} from "./completion.ts";
export type { BudgetQuestion } from "./budget-question.ts";
export type {
  BudgetMeasureView,
  BudgetView,
  ClientBudgetView,
} from "@sekisho/wire/admin/budgets.ts";
export type { EmbeddingRequest, EmbeddingResult } from "./embedding.ts";
export type { CostFace, LoadCost, MonthlyLoad, RequestCost, RequestTokens } from "./cost.ts";
export { SekishoError } from "./sekisho-error.ts";
export type { ErrorCode } from "./sekisho-error.ts";
export type { CloseOptions, SekishoGateway } from "./sekisho-gateway.ts";
export type { HealthReport, ProviderHealth } from "@sekisho/wire/admin/health.ts";
export type { ProcessStats, UsageQuestion, UsageSummary } from "./usage-summary.ts";
