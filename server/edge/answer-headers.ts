import type { Completion, Served } from "@sekisho/gateway/answer.ts";

/** On every answer: the id under which the request stands in log and ledger. */
export const requestHeaders = (requestId: string): string[] => [
  "x-request-id",
  requestId,
  "x-sekisho-request-id",
  requestId,
];

/** Who served the answer, at which attempt. */
export const servedHeaders = ({ target, attempts }: Served): string[] => [
  "x-sekisho-provider",
  target.provider,
  "x-sekisho-region",
  target.region,
  "x-sekisho-model",
  target.upstreamModel,
  "x-sekisho-attempts",
  String(attempts),
];

/** What is known only of an answer that is whole. */
export const completionHeaders = ({ served, costNanoUsd }: Completion): string[] => {
  const headers = servedHeaders(served);
  if (costNanoUsd !== null) headers.push("x-sekisho-cost-nano-usd", String(costNanoUsd));
  return headers;
};

/** WIR-3: nothing between here and the client may keep or change the events. */
export const streamHeaders: readonly string[] = [
  "content-type",
  "text/event-stream; charset=utf-8",
  "cache-control",
  "no-cache, no-transform",
  "x-accel-buffering",
  "no",
];
