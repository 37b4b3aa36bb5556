import { Buffer } from "node:buffer";
import type { Asker, Explanation, ImaginedRequest } from "@sekisho/gateway/explain/explainer.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import {
  parseExplainRequest,
  type ExplainedSurface,
  type ExplainRequest,
} from "@sekisho/wire/admin/explain.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { attributionOf, criticalityOf, requestTimeoutMs } from "../request-heads/attribution.ts";
import { maxNanoUsdOf } from "../request-heads/max-cost.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { converse } from "../model/[id]/converse.ts";
import { invoke } from "../model/[id]/invoke.ts";
import { chatCompletions } from "../v1/chat/completions.ts";
import { completions } from "../v1/completions.ts";
import { messages } from "../v1/messages.ts";
import { generateContent } from "../v1beta/models/[id].ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { viewOfExplanation } from "./views/explain-view.ts";
import { nearestOf } from "./reach/nearest-of.ts";

/** The client's own body may be as large as its surface takes; the rest of ours is small. */
const maxBodyBytes = 33 * 1024 * 1024;

interface Imagining {
  readonly surface: ModelSurface;
  /** A request of one message; null where each family of models has words of its own. */
  readonly saying: ((text: string) => object) | null;
  /** Does the path name the model, and not the body? */
  readonly isInPath: boolean;
}

const turnOf = (content: string) => [{ role: "user", content }];

const imaginings: Readonly<Record<ExplainedSurface, Imagining>> = {
  "openai.chat": {
    surface: chatCompletions,
    saying: (text) => ({ messages: turnOf(text) }),
    isInPath: false,
  },
  "openai.completions": {
    surface: completions,
    saying: (prompt) => ({ prompt }),
    isInPath: false,
  },
  "anthropic.messages": {
    surface: messages,
    saying: (text) => ({ max_tokens: 1_024, messages: turnOf(text) }),
    isInPath: false,
  },
  "bedrock.converse": {
    surface: converse,
    saying: (text) => ({ messages: [{ role: "user", content: [{ text }] }] }),
    isInPath: true,
  },
  "bedrock.invoke": { surface: invoke, saying: null, isInPath: true },
  "gemini.generateContent": {
    surface: generateContent,
    saying: (text) => ({ contents: [{ parts: [{ text }] }] }),
    isInPath: true,
  },
};

/**
 * `POST /admin/explain`: what would become of a request that is not sent, and why (RTE-2). It
 * changes nothing.
 */
export async function postExplain(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const asked = parsed(parseExplainRequest(await jsonBody(request, maxBodyBytes)));
  const { surface } = imaginings[asked.surface];
  const explanation: Explanation = context.explainer.explain(imagined(asked, context));
  const { providers } = context.config.config;
  const connectMs = (provider: string): number => providers[provider]?.pool.connectMs ?? 0;
  const principal = asked.key === null ? null : (context.keyring.find(asked.key)?.grant ?? null);
  const body = viewOfExplanation(asked, explanation, { surface, principal, connectMs });
  return { status: 200, body };
}

function imagined(asked: ExplainRequest, context: AdminContext): ImaginedRequest {
  const { surface, saying, isInPath } = imaginings[asked.surface];
  const said = asked.body ?? saying?.(asked.message ?? "Hello");
  if (said === undefined) {
    const why = `each family of models has words of its own on ${surface.name}`;
    const message = `Cannot explain the request without its body: ${why}`;
    throw new Failure<Code>("missing_field", message, { param: "body" });
  }
  const body = Buffer.from(JSON.stringify(isInPath ? said : { ...said, model: asked.model }));
  const head = headOf(asked);
  return {
    asker: askerOf(asked, context),
    surface: surface.name,
    said: () => surface.said(head, { id: asked.model }),
    timeoutMs: () => requestTimeoutMs(head),
    criticality: () => criticalityOf(head),
    attribution: () => attributionOf(head),
    maxNanoUsd: () => maxNanoUsdOf(head),
    body,
  };
}

/** As much of a head as surfaces read. */
const headOf = ({ headers }: ExplainRequest): RequestHead => ({
  method: "POST",
  path: "",
  query: "",
  protocol: "h1",
  remoteAddress: "",
  clientAddress: null,
  connection: 1,
  header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
  headerNames: () => Object.keys(headers),
});

function askerOf({ key, tenant }: ExplainRequest, { config, keyring }: AdminContext): Asker {
  if (key !== null) {
    if (keyring.find(key) !== undefined) return { kind: "key", keyId: key };
    throw unknown("key", key, '; "sekisho keys list" has those that there are');
  }
  if (tenant === null) return { kind: "anybody" };
  const { tenants } = config.config;
  if (!Object.hasOwn(tenants, tenant)) {
    throw unknown("tenant", tenant, nearestOf(tenant, Object.keys(tenants)));
  }
  const may = {
    models: ["*"],
    surfaces: ["*"],
    criticality: "critical",
    requestBudget: null,
    streamGraceMs: null,
  } as const;
  const own = { keyId: `a new key of ${tenant}`, tenant, team: null, role: "client" } as const;
  return { kind: "tenant", principal: { ...own, ...may } };
}

const unknown = (param: string, name: string, hint: string): Failure<Code> => {
  const message = `Cannot explain the request: there is no ${param} "${name}"${hint}`;
  return new Failure<Code>("invalid_value", message, { param });
};
