import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { Violation } from "../base/violation.ts";

/** A call as the provider understood it. */
export interface ProviderCall {
  readonly n: number;
  /** What it asks for: an answer in words, a moderation's verdict, or vectors. */
  readonly wants: "words" | "verdict" | "vectors";
  readonly provider: string;
  readonly credential: string;
  readonly model: string;
  readonly prompt: string;
  readonly promptBytes: number;
  /** Or inputs, of vectors. */
  readonly messages: number;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
  readonly maxTokens: number;
}

interface Body {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: readonly string[];
  readonly response_format?: { readonly json_schema?: { readonly name: string } };
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
  const endpoint = said.slice(`POST ${originOf(provider)}/v1/`.length);
  const isKnown = said === `POST ${originOf(provider)}/v1/${endpoint}`;
  if (!isKnown || !["chat/completions", "embeddings"].includes(endpoint)) {
    throw new Violation("WIR-10", `A call went to ${said}`);
  }
  const credential = credentialOf(request, provider);
  if (credential === null) {
    throw new Violation("SEC-6", `A call went to ${provider} without its own credential`);
  }
  // A body that is no such object fails in one of the checks of whoever reads it.
  const body = JSON.parse(Buffer.from(request.body ?? []).toString("utf8")) as Body;
  const isVectors = endpoint === "embeddings";
  const isVerdict = body.response_format?.json_schema?.name === "moderation";
  const inputs = isVectors ? (body.input ?? []) : [];
  const text = isVectors ? (inputs[0] ?? "") : textOf(body.messages.at(-1)?.content);
  const prompt = isVerdict ? text.split("\n").slice(1, -1).join("\n") : text;
  return {
    n: Number(/#(\d+)#/.exec(prompt)?.[1] ?? -1),
    wants: isVectors ? "vectors" : isVerdict ? "verdict" : "words",
    provider,
    credential,
    model: body.model,
    prompt,
    promptBytes: Buffer.byteLength(isVectors ? inputs.join("") : text),
    messages: isVectors ? inputs.length : body.messages.length,
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
