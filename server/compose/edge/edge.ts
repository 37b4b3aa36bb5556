import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Route } from "@sekisho/lib/http/router.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { metricsContentType } from "@sekisho/lib/telemetry/metrics.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { EncodedError } from "@sekisho/wire/canonical/codec.ts";
import { plainChatClient } from "@sekisho/wire/chat/codec.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { converseClient } from "@sekisho/wire/bedrock/codec.ts";
import { generateClient } from "@sekisho/wire/gemini/codec.ts";
import { chatClient } from "@sekisho/wire/openai/codec.ts";
import type { AdminApi } from "../../edge/admin/admin-api.ts";
import { countedAnswer, type CountPorts } from "../../edge/exchanges/counted-answer.ts";
import type { ConsolePages } from "../../edge/console/pages.ts";
import { DocumentExchange, type DocumentPorts } from "../../edge/exchanges/document-exchange.ts";
import { embeddedAnswer, type EmbeddingPorts } from "../../edge/exchanges/embedded-answer.ts";
import type { CrossOrigin } from "../../edge/cross-origin.ts";
import { Front, type Handler } from "../../edge/front.ts";
import { deep, live, ready, type HealthSources } from "../../edge/health.ts";
import { ModelExchange, type ModelExchangePorts } from "../../edge/exchanges/model-exchange.ts";
import type { OnceExchangePorts } from "../../edge/exchanges/once-exchange.ts";
import { onceExchangeFor } from "../../edge/exchanges/once-exchange-for.ts";
import {
  ModerationExchange,
  type ModerationPorts,
} from "../../edge/moderation/moderation-exchange.ts";
import type {
  CountingSurface,
  EmbeddingSurface,
  ModelSurface,
} from "../../edge/answers/model-surface.ts";
import { converse, converseStream } from "../../edge/model/[id]/converse.ts";
import { countTokens as countBedrock } from "../../edge/model/[id]/count-tokens.ts";
import { invoke, invokeStream, invokeVectors } from "../../edge/model/[id]/invoke.ts";
import { chatCompletions } from "../../edge/v1/chat/completions.ts";
import { completions } from "../../edge/v1/completions.ts";
import { embeddings } from "../../edge/v1/embeddings.ts";
import { responses } from "../../edge/v1/responses.ts";
import {
  cancelResponse,
  deleteResponse,
  getResponse,
  listInputItems,
} from "../../edge/v1/kept-responses.ts";
import { messages } from "../../edge/v1/messages.ts";
import { countTokens } from "../../edge/v1/messages/count-tokens.ts";
import { getBudget, type BudgetPorts } from "../../edge/v1/budget.ts";
import { cancelStream, readStream, type StreamPorts } from "../../edge/v1/streams.ts";
import { getClientWhoami } from "../../edge/v1/whoami.ts";
import { postFeedback, type FeedbackPorts } from "../../edge/v1/feedback.ts";
import { postToken } from "../../edge/v1/tokens.ts";
import type { StreamSessions } from "../../edge/v1/stream.ts";
import { getUsage, type UsagePorts } from "../../edge/v1/usage.ts";
import type { ModelList } from "../../edge/v1/models.ts";
import {
  countTokens as countGemini,
  generateContent,
  splitMethod,
  surfaceOf as methodSurface,
} from "../../edge/v1beta/models/[id].ts";

export interface EdgeParts {
  readonly model: ModelExchangePorts &
    DocumentPorts &
    CountPorts &
    EmbeddingPorts &
    Partial<ModerationPorts> & {
      readonly onceCalls?: OnceExchangePorts["onceCalls"];
      readonly onceVectors?: OnceExchangePorts<EmbeddingHead>["onceCalls"];
      /** Does the name stand for models that make vectors? */
      readonly makesVectors: (name: string) => boolean;
    };
  readonly models: ModelList;
  /** Where answers can be read again; absent: nowhere. */
  readonly streams?: Omit<StreamPorts, "surfaceOf">;
  /** Sessions over WebSocket; absent: none. */
  readonly sessions?: StreamSessions;
  readonly budget: BudgetPorts;
  /** Where users say what they think of answers; absent: nowhere. */
  readonly feedback?: FeedbackPorts;
  readonly usage: UsagePorts;
  readonly health: HealthSources;
  /** Of all processes, where several serve. */
  readonly metrics: { expose(): string | Promise<string> };
  /** The plain chat service and its test endpoints. */
  readonly chat: readonly Route<Handler>[];
  readonly admin: AdminApi;
  /** Null when it is turned off or not built. */
  readonly console: ConsolePages | null;
  /** See `FrontOptions`. */
  readonly introduce: (head: RequestHead) => Promise<void> | null;
  /** Null: pages of other origins are told nothing. */
  readonly crossOrigin: CrossOrigin | null;
  readonly ids: IdSource;
  readonly log: GatewayLog;
}

const get = (path: string, value: Handler): Route<Handler> => ({ method: "GET", path, value });
const post = (path: string, value: Handler): Route<Handler> => ({ method: "POST", path, value });

/** What clients of models call. */
export function publicRoutes(
  parts: Pick<
    EdgeParts,
    "model" | "models" | "streams" | "budget" | "feedback" | "usage" | "health" | "chat"
  >,
): Route<Handler>[] {
  const { model, models, streams, budget, feedback, usage, health, chat } = parts;
  return [
    ...modelRoutes(model),
    ...(streams === undefined ? [] : streamRoutes({ ...streams, surfaceOf })),
    ...["", "/openai", "/anthropic"].flatMap((prefix) => [
      get(`${prefix}/v1/models`, models.list),
      get(`${prefix}/v1/models/{id}`, models.one),
    ]),
    get("/v1beta/models", models.list),
    get("/v1beta/models/{id}", models.one),
    ...chat,
    ...(feedback === undefined ? [] : [feedbackRoute(feedback)]),
    post("/v1/tokens", (exchange) => postToken(exchange, budget)),
    get("/v1/whoami", (exchange) => getClientWhoami(exchange, budget)),
    get("/v1/budget", (exchange) => getBudget(exchange, budget)),
    get("/v1/usage", (exchange) => getUsage(exchange, usage)),
    get("/health/live", live),
    get("/health/ready", (exchange) => ready(exchange, health)),
    get("/health", (exchange) => deep(exchange, health)),
  ];
}

const feedbackRoute = (ports: FeedbackPorts): Route<Handler> =>
  post("/v1/responses/{id}/feedback", (exchange, parameters) =>
    postFeedback(exchange, parameters, ports),
  );

/** The surfaces that models answer on. */
function modelRoutes(model: EdgeParts["model"]): Route<Handler>[] {
  const ofCalls = { ...model, onceCalls: model.onceCalls };
  const ofVectors = { ...model, onceCalls: model.onceVectors };
  const serve =
    (surface: ModelSurface): Handler =>
    (exchange, parameters) => {
      const asked = { surface, parameters };
      const once = onceExchangeFor(exchange, asked, ofCalls);
      return (once ?? new ModelExchange(exchange, asked, model)).serve();
    };
  const count =
    (surface: CountingSurface): Handler =>
    (exchange, parameters) => {
      const answer = countedAnswer.bind(null, model, surface);
      return new DocumentExchange(
        exchange,
        { asked: { surface, parameters }, answer },
        model,
      ).serve();
    };
  const embed =
    (surface: EmbeddingSurface): Handler =>
    (exchange, parameters) => {
      const asked = { surface, parameters };
      const once = onceExchangeFor(exchange, asked, ofVectors);
      const answer = embeddedAnswer.bind(null, model, surface);
      return (once ?? new DocumentExchange(exchange, { asked, answer }, model)).serve();
    };
  // Its body may be in anybody's words: what they are for the name says.
  const invocation: Handler = (exchange, parameters) => {
    const isVectors = model.makesVectors(parameters["id"] ?? "");
    return (isVectors ? embed(invokeVectors) : serve(invoke))(exchange, parameters);
  };
  const moderate: Handler = (exchange) =>
    new ModerationExchange(exchange, { moderationModel: () => null, ...model }).serve();
  // Google's methods stand in the segment of the model.
  const method: Handler = (exchange, segment) => {
    const parameters = splitMethod(segment);
    const surface = methodSurface(parameters);
    return (surface === null ? count(countGemini) : serve(surface))(exchange, parameters);
  };
  return [
    ...["", "/openai"].flatMap((prefix) => [
      post(`${prefix}/v1/chat/completions`, serve(chatCompletions)),
      post(`${prefix}/v1/completions`, serve(completions)),
      post(`${prefix}/v1/responses`, serve(responses)),
      post(`${prefix}/v1/embeddings`, embed(embeddings)),
      post(`${prefix}/v1/moderations`, moderate),
    ]),
    ...["", "/anthropic"].flatMap((prefix) => [
      post(`${prefix}/v1/messages`, serve(messages)),
      post(`${prefix}/v1/messages/count_tokens`, count(countTokens)),
    ]),
    ...["/v1beta", "/v1"].map((version) => post(`${version}/models/{id}`, method)),
    post("/model/{id}/converse", serve(converse)),
    post("/model/{id}/converse-stream", serve(converseStream)),
    post("/model/{id}/invoke", invocation),
    post("/model/{id}/count-tokens", count(countBedrock)),
    post("/model/{id}/invoke-with-response-stream", serve(invokeStream)),
  ];
}

/** Ways in whose answers can be read again, by their name. */
const surfaces: ReadonlyMap<string, ModelSurface> = new Map(
  [chatCompletions, completions, responses, messages, generateContent].map((each) => [
    each.name,
    each,
  ]),
);

const surfaceOf = (name: string): ModelSurface | null => surfaces.get(name) ?? null;

/** Answers that are read again, from any place. */
const streamRoutes = (ports: StreamPorts): Route<Handler>[] => [
  ...["/v1", "/openai/v1"].flatMap((prefix) => {
    const path = `${prefix}/responses/{id}`;
    const served =
      (serve: typeof getResponse): Handler =>
      (exchange, parameters) =>
        serve(exchange, parameters, ports);
    return [
      get(path, served(getResponse)),
      { method: "DELETE", path, value: served(deleteResponse) },
      post(`${path}/cancel`, served(cancelResponse)),
      get(`${path}/input_items`, served(listInputItems)),
    ];
  }),
  get("/v1/streams/{id}", (exchange, parameters) => readStream(exchange, parameters, ports)),
  post("/v1/streams/{id}/cancel", (exchange, parameters) =>
    cancelStream(exchange, parameters, ports),
  ),
];

/** What operators call: on loopback or a port of its own only (SEC-11). */
export const operatorRoutes = ({ metrics, console }: EdgeParts): Route<Handler>[] => [
  {
    method: "GET",
    path: "/metrics",
    async value(exchange) {
      const text = await metrics.expose();
      if (!exchange.isClosed) exchange.respond(200, ["content-type", metricsContentType], text);
    },
  },
  ...(console === null ? [] : [{ method: "GET", path: "/", value: console.welcome }]),
];

/** What a front offers to operators beside routes. */
export type OperatorParts = Pick<EdgeParts, "admin" | "console">;

/** A front for one listener; without `operator` it carries neither admin API nor console. */
export function frontOf(
  parts: Pick<EdgeParts, "crossOrigin" | "introduce" | "ids" | "log" | "sessions"> & {
    readonly model: Pick<ModelExchangePorts, "refused">;
  },
  routes: Route<Handler>[],
  operator: OperatorParts | null,
): Front {
  return new Front({
    routes,
    encodeError: (path, code, message) =>
      clientOf(path)?.encodeError(code, message) ??
      encodeProblem(code, message, `req_${parts.ids.newBody()}`),
    refused(code) {
      const id = parts.ids.newBody();
      parts.model.refused.record({ id, surface: null, code, principal: null });
      return `req_${id}`;
    },
    admin: operator === null ? null : (exchange) => operator.admin.serve(exchange),
    console: operator?.console?.serve ?? null,
    introduce: parts.introduce,
    crossOrigin: parts.crossOrigin,
    sessions: parts.sessions ?? null,
    onDefect(error: unknown, exchange: Exchange) {
      parts.log.error("a handler failed", { error, path: exchange.head.path });
      if (!exchange.isClosed) exchange.destroy();
    },
  });
}

/** The words of clients below a path; the first that fits counts. */
const clients = [
  ["/v1/messages", messagesClient],
  // Base URLs that have a /v1 too few or too many.
  ["/v1/v1/messages", messagesClient],
  ["/messages", messagesClient],
  ["/chat/completions", chatClient],
  ["/chat", plainChatClient],
  ["/test", plainChatClient],
  ["/responses", chatClient],
  ["/anthropic", messagesClient],
  ["/v1beta", generateClient],
  ["/v1", chatClient],
  ["/openai", chatClient],
  ["/model", converseClient],
] as const;

/** Clients of models get their dialect's shape, everybody else problem details. */
const clientOf = (path: string): Pick<typeof chatClient, "encodeError"> | null =>
  clients.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? null;

const encodeProblem = (code: Code, detail: string, requestId: string): EncodedError => ({
  status: codes[code].status,
  headers: ["content-type", problemContentType],
  body: JSON.stringify(problemOf(code, { detail, requestId })),
});
