import type { RequestPlan } from "../scenario/scenario.ts";

export interface RequestBytes {
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** The request of a plan as it stands on the wire. */
export function requestBytes(plan: RequestPlan): RequestBytes {
  const body = Buffer.from(bodyText(plan));
  const { key, flaw, timeoutMs } = plan;
  const secret = flaw === "wrong key" ? "secret-of-nobody" : key.secret;
  return {
    target: plan.surface === "chat" ? "/v1/chat/completions" : "/v1/completions",
    headers: [
      "host",
      "gateway.example",
      ...(flaw === "no key" ? [] : ["authorization", `Bearer ${secret}`]),
      "content-type",
      "application/json",
      "content-length",
      String(body.length),
      "x-sekisho-user",
      `u${plan.n}`,
      ...(plan.n % 3 === 0 ? [] : ["x-sekisho-session", `s${plan.n % 5}`]),
      ...(timeoutMs === null ? [] : ["x-sekisho-request-timeout-ms", String(timeoutMs)]),
    ],
    body,
  };
}

function bodyText(plan: RequestPlan): string {
  const { flaw, prompt, surface, stream, maxTokens } = plan;
  if (flaw === "empty body") return "";
  const asked = {
    model: flaw === "unknown model" ? "nothing-of-that-name" : plan.alias,
    ...(surface === "chat" ? { messages: messagesOf(plan) } : { prompt }),
    ...(stream === null ? {} : { stream: true }),
    ...(stream?.wantsUsage === true ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(flaw === "wrong type" ? { temperature: "warm" } : {}),
  };
  const text = JSON.stringify(asked, null, plan.n % 5 === 0 ? 2 : 0);
  return flaw === "not JSON" ? text.slice(0, -1) : text;
}

function messagesOf({ flaw, prompt, n }: RequestPlan): object[] {
  if (flaw === "no messages") return [];
  const content = n % 7 === 0 ? [{ type: "text", text: prompt }] : prompt;
  const system = n % 3 === 0 ? [{ role: "system", content: "You sell books." }] : [];
  return [...system, { role: "user", content }];
}

/** What the gateway must answer to a request that is wrong in this way. */
export const statusOfFlaw = {
  none: null,
  "no key": 401,
  "wrong key": 401,
  "not JSON": 400,
  "unknown model": 404,
  "wrong type": 400,
  "no messages": 400,
  "empty body": 400,
} as const satisfies Record<RequestPlan["flaw"], number | null>;
