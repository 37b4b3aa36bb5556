import type { Completion, Served } from "@sekisho/gateway/answer.ts";

/**
 * On every answer: the id under which the request stands in log and ledger, also where the
 * dialect's clients look for it.
 */
export const requestHeaders = (requestId: string, dialectHeader = "x-request-id"): string[] => [
  dialectHeader,
  requestId,
  "x-sekisho-request-id",
  requestId,
];

/** Who served the answer, at which attempt. */
export const servedHeaders = ({ target, attempts, dropped }: Served): string[] => {
  const headers = [
    "x-sekisho-provider",
    target.provider,
    "x-sekisho-region",
    target.region,
    "x-sekisho-model",
    target.upstreamModel,
    "x-sekisho-attempts",
    String(attempts),
  ];
  if (dropped.length > 0) headers.push("x-sekisho-dropped", dropped.join(", "));
  return headers;
};

/** What is known only of an answer that is whole. */
export const completionHeaders = ({ served, costNanoUsd }: Completion): string[] => {
  const headers = servedHeaders(served);
  if (costNanoUsd !== null) headers.push("x-sekisho-cost-nano-usd", String(costNanoUsd));
  return headers;
};

/** WIR-3: nothing between here and the client may keep or change the events. */
const streamHeaders = (contentType: string): readonly string[] => [
  "content-type",
  contentType,
  "cache-control",
  "no-cache, no-transform",
  "x-accel-buffering",
  "no",
];

/** On streams of server-sent events. */
export const sseHeaders: readonly string[] = streamHeaders("text/event-stream; charset=utf-8");

/** On streams as the AWS SDKs read them. */
export const eventStreamHeaders: readonly string[] = streamHeaders(
  "application/vnd.amazon.eventstream",
);
