import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { checkModel, checkSurface, mayUseModel } from "@sekisho/gateway/identity/permission.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { encodeModel, encodeModelList } from "@sekisho/wire/openai/models.ts";
import { requestHeaders } from "../answer-headers.ts";
import { bodilessPrincipal } from "../credential.ts";
import { readFailure } from "../failure-reading.ts";

export interface ModelsPorts {
  readonly keyring: Keyring;
  readonly catalog: () => Catalog;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  /** Stands as the models' date of creation: the names come from the configuration. */
  readonly startedMs: number;
}

/** `GET /v1/models` and `GET /v1/models/{id}`: the names that the key may use. */
export class ModelList {
  readonly #ports: ModelsPorts;

  constructor(ports: ModelsPorts) {
    this.#ports = ports;
  }

  readonly list = (exchange: Exchange): void => {
    this.#answer(exchange, (principal) => {
      const names = this.#ports.catalog().names();
      const allowed = names.filter((name) => mayUseModel(principal, name));
      return encodeModelList(allowed.map((name) => this.#listed(name)));
    });
  };

  readonly one = (exchange: Exchange, { id = "" }: PathParameters): void => {
    this.#answer(exchange, (principal) => {
      checkModel(principal, id);
      this.#ports.catalog().resolve(id);
      return encodeModel(this.#listed(id));
    });
  };

  #listed(id: string): { id: string; createdMs: number; ownedBy: string } {
    return { id, createdMs: this.#ports.startedMs, ownedBy: "sekisho" };
  }

  #answer(exchange: Exchange, body: (principal: Principal) => string): void {
    const id = this.#ports.ids.newBody();
    const headers = requestHeaders(`req_${id}`);
    try {
      const principal = bodilessPrincipal(exchange.head, chatClient, this.#ports.keyring);
      checkSurface(principal, "openai.models");
      exchange.respond(200, [...headers, "content-type", "application/json"], body(principal));
    } catch (error) {
      const { code, message, details } = readFailure(error, this.#ports.log, id);
      const answer = chatClient.encodeError(code, message, details);
      exchange.respond(answer.status, [...headers, ...answer.headers], answer.body);
    }
  }
}
