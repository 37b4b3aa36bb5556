import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import { modelDetails } from "@sekisho/gateway/catalog/model-details.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { checkModel, checkSurface, mayUseModel } from "@sekisho/gateway/identity/permission.ts";
import type { ModelEntry } from "@sekisho/gateway/model-entry.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import {
  encodeModel as encodeAnthropicModel,
  encodeModelList as encodePage,
  readModelPage,
} from "@sekisho/wire/anthropic/models.ts";
import { generateClient } from "@sekisho/wire/gemini/codec.ts";
import {
  encodeModel as encodeGeminiModel,
  encodeModelList as encodeGeminiList,
} from "@sekisho/wire/gemini/models.ts";
import { chatClient } from "@sekisho/wire/openai/codec.ts";
import type { ListedModel } from "@sekisho/wire/canonical/model-details.ts";
import { encodeModel, encodeModelList } from "@sekisho/wire/openai/models.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { bodilessPrincipal } from "../request-heads/credential.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { refuseRequest } from "../answers/refuse-request.ts";
import { readHead } from "./messages.ts";

export interface ModelsPorts {
  readonly keyring: Keyring;
  readonly catalog: () => Catalog;
  readonly clock: Pick<Clock, "wallMs">;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  /** Stands as the models' date of creation: the names come from the configuration. */
  readonly startedMs: number;
}

/** What a key may call: names, and patterns of names. */
interface ListedNames {
  readonly models: readonly ListedModel[];
  readonly wildcards: readonly string[];
}

/** How the clients of one dialect ask for models and are told of them. */
interface ListDialect {
  /** What a key must be allowed to call. */
  readonly surface: "openai.models" | "anthropic.models" | "gemini.models";
  readonly codec: Pick<typeof chatClient, "readCredential" | "encodeError">;
  readonly requestIdHeader: string;
  /** What a request says wrongly beside its path. Throws Failure. */
  check(head: RequestHead): void;
  list(names: ListedNames, head: RequestHead): string;
  one(model: ListedModel): string;
}

const openai: ListDialect = {
  surface: "openai.models",
  codec: chatClient,
  requestIdHeader: "x-request-id",
  check() {},
  list: ({ models, wildcards }) => encodeModelList(models, wildcards),
  one: encodeModel,
};

const anthropic: ListDialect = {
  surface: "anthropic.models",
  codec: messagesClient,
  requestIdHeader: "request-id",
  check: readHead,
  list: ({ models }, head) => valueOf(encodePage(models, valueOf(readModelPage(head.query)))),
  one: encodeAnthropicModel,
};

const gemini: ListDialect = {
  surface: "gemini.models",
  codec: generateClient,
  requestIdHeader: "x-request-id",
  check() {},
  list: ({ models }) => encodeGeminiList(models),
  one: encodeGeminiModel,
};

/** Google's clients alone put their key there. */
const showsGoogleKey = (head: RequestHead): boolean =>
  head.header("x-goog-api-key") !== undefined || new URLSearchParams(head.query).has("key");

/** One path serves the clients of all: those of Anthropic name the version of its API. */
function dialectOf(head: RequestHead): ListDialect {
  if (head.path.startsWith("/v1beta/")) return gemini;
  const isAnthropic =
    head.path.startsWith("/anthropic/") || head.header("anthropic-version") !== undefined;
  if (isAnthropic) return anthropic;
  return showsGoogleKey(head) ? gemini : openai;
}

function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { code, message, path } = parsed;
  throw new Failure<Code>(code, message, path === null ? {} : { param: path });
}

/** `GET /v1/models` and `GET /v1/models/{id}`: the names that the key may use. */
export class ModelList {
  readonly #ports: ModelsPorts;

  constructor(ports: ModelsPorts) {
    this.#ports = ports;
  }

  readonly list = (exchange: Exchange): void => {
    this.#answer(exchange, (principal, dialect) => {
      const catalog = this.#ports.catalog();
      const mayUse = (name: string): boolean => mayUseModel(principal, name);
      const models = catalog
        .names()
        .filter(mayUse)
        .map((name) => this.#listed(name, catalog.peek(name)));
      // Of a key that names some of a family, the pattern of the family would promise too much.
      const wildcards = catalog.wildcards().filter(mayUse);
      return dialect.list({ models, wildcards }, exchange.head);
    });
  };

  readonly one = (exchange: Exchange, { id = "" }: PathParameters): void => {
    this.#answer(exchange, (principal, dialect) => {
      checkModel(principal, id);
      const entry = this.#ports.catalog().peek(id, principal);
      return dialect.one(this.#listed(id, entry));
    });
  };

  #listed(id: string, entry: ModelEntry): ListedModel {
    const { clock, startedMs: createdMs } = this.#ports;
    const details = modelDetails(entry, clock.wallMs());
    return { id, createdMs, ownedBy: "sekisho", details };
  }

  #answer(exchange: Exchange, body: (principal: Principal, dialect: ListDialect) => string): void {
    const dialect = dialectOf(exchange.head);
    const requestId = `req_${this.#ports.ids.newBody()}`;
    const headers = requestHeaders(requestId, dialect.requestIdHeader);
    try {
      const principal = bodilessPrincipal(exchange, dialect.codec, this.#ports.keyring);
      checkSurface(principal, dialect.surface);
      dialect.check(exchange.head);
      const answer = body(principal, dialect);
      exchange.respond(200, [...headers, "content-type", "application/json"], answer);
    } catch (error) {
      const failure = readFailure(error, this.#ports.log, requestId);
      refuseRequest(exchange, dialect, {
        requestId,
        failure,
        served: [],
        standing: null,
        principal: null,
      });
    }
  }
}
