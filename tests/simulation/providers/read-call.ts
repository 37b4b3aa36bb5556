import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { Violation } from "../base/violation.ts";

/** A call as the provider understood it. */
export interface ProviderCall {
  readonly n: number;
  readonly provider: string;
  readonly credential: string;
  readonly model: string;
  readonly prompt: string;
  readonly promptBytes: number;
  readonly messages: number;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
  readonly maxTokens: number;
}

interface Body {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
}

export const originOf = (provider: string): string => `https://${provider}.example`;
export const secretOf = (provider: string, credential: string): string =>
  `secret-of-${provider}-${credential}`;

/** Reads a call the strict way: what no provider of this dialect would take is a defect. */
export function readCall(request: UpstreamRequest): ProviderCall {
  const provider = /^https:\/\/(\w+)\.example$/.exec(request.origin)?.[1] ?? "";
  const said = `${request.method} ${request.origin}${request.path}`;
  if (said !== `POST ${originOf(provider)}/v1/chat/completions`) {
    throw new Violation("WIR-10", `A call went to ${said}`);
  }
  const credential = credentialOf(request, provider);
  if (credential === null) {
    throw new Violation("SEC-6", `A call went to ${provider} without its own credential`);
  }
  // A body that is no such object fails in one of the checks of whoever reads it.
  const body = JSON.parse(Buffer.from(request.body ?? []).toString("utf8")) as Body;
  const prompt = textOf(body.messages.at(-1)?.content);
  return {
    n: Number(/#(\d+)#/.exec(prompt)?.[1] ?? -1),
    provider,
    credential,
    model: body.model,
    prompt,
    promptBytes: Buffer.byteLength(prompt),
    messages: body.messages.length,
    isStream: body.stream === true,
    wantsUsage: body.stream_options?.include_usage === true,
    maxTokens: body.max_tokens ?? body.max_completion_tokens ?? NaN,
  };
}

function credentialOf({ headers }: UpstreamRequest, provider: string): string | null {
  for (let n = 0; n < headers.length; n += 2) {
    if (headers[n]?.toLowerCase() !== "authorization") continue;
    const [, whose, id] = /^Bearer secret-of-(\w+)-(\w+)$/.exec(headers[n + 1] ?? "") ?? [];
    return whose === provider ? (id ?? null) : null;
  }
  return null;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { readonly text?: string }) => part.text ?? "").join("");
}
