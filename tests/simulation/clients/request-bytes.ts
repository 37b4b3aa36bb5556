import type { RequestPlan } from "../scenario/scenario.ts";

export interface RequestBytes {
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const paths: Readonly<Record<RequestPlan["surface"], string>> = {
  chat: "/v1/chat/completions",
  completions: "/v1/completions",
  embeddings: "/v1/embeddings",
  moderations: "/v1/moderations",
};

/** The request of a plan as it stands on the wire. */
export function requestBytes(plan: RequestPlan): RequestBytes {
  const body = Buffer.from(bodyText(plan));
  const { key, flaw, timeoutMs } = plan;
  const secret = flaw === "wrong key" ? "secret-of-nobody" : key.secret;
  return {
    target: paths[plan.surface],
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
      ...(plan.n % 4 === 1 ? ["x-sekisho-rule", `r${plan.n % 3}`] : []),
      ...(plan.naming === null ? [] : ["idempotency-key", plan.naming.name]),
      ...(timeoutMs === null ? [] : ["x-sekisho-request-timeout-ms", String(timeoutMs)]),
    ],
    body,
  };
}

function bodyText(plan: RequestPlan): string {
  const { flaw, stream, maxTokens } = plan;
  if (flaw === "empty body") return "";
  const asked = {
    model: flaw === "unknown model" ? "nothing-of-that-name" : plan.alias,
    // How it is spaced is no part of what it says.
    ...askedOf({ ...plan, n: plan.naming?.says ?? plan.n }),
    ...(stream === null ? {} : { stream: true }),
    ...(stream?.wantsUsage === true ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(flaw === "wrong type" ? wrongTypes[plan.surface] : {}),
  };
  const text = JSON.stringify(asked, null, plan.n % 5 === 0 ? 2 : 0);
  return flaw === "not JSON" ? text.slice(0, -1) : text;
}

const warm = { temperature: "warm" };
const wrongTypes: Readonly<Record<RequestPlan["surface"], object>> = {
  chat: warm,
  completions: warm,
  embeddings: { dimensions: "many" },
  moderations: { input: 7 },
};

function askedOf(plan: RequestPlan): object {
  const { surface, prompt, n } = plan;
  switch (surface) {
    case "chat":
      return { messages: messagesOf(plan) };
    case "completions":
      return { prompt };
    case "embeddings":
      return { input: [prompt, ...Array.from({ length: n % 4 }, (_, at) => `text ${at}`)] };
    case "moderations":
      return { input: prompt };
  }
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
