import { staffOf } from "@sekisho/gateway/identity/key-record.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Route } from "@sekisho/lib/http/router.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Permission } from "@sekisho/wire/admin/permissions.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { plainChatClient } from "@sekisho/wire/chat/codec.ts";
import { guestKeyId } from "../../config/checks/check-config.ts";
import type { AuditTrail } from "../../audit/audit-log.ts";
import { checkPermission } from "../admin/reach/check-permission.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { bodilessPrincipal } from "../request-heads/credential.ts";
import { readFailure } from "../answers/failure-reading.ts";
import type { Handler } from "../front.ts";
import { isKeyless } from "../plain-chat/local-caller.ts";
import { refuseRequest } from "../answers/refuse-request.ts";
import { circuitStatus } from "./circuit-status.ts";
import { disableFailures } from "./disable-failures.ts";
import { enableFailures } from "./enable-failures.ts";
import { loadBalancerStatus } from "./load-balancer-status.ts";
import type { TestContext, TestEndpoint, TestRequest } from "./test-context.ts";
import { upstreamCalls } from "./upstream-calls.ts";

export interface TestApiParts extends TestContext {
  readonly keyring: Keyring;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  /** Does who asks need no key? */
  readonly isLocal: (head: RequestHead) => boolean;
  readonly audit: Pick<AuditTrail, "record">;
}

const maxBodyBytes = 65_536;
const jsonHeaders = ["content-type", "application/json", "cache-control", "no-store"];
const surface = { codec: plainChatClient, requestIdHeader: "x-request-id" };

interface Served {
  readonly endpoint: TestEndpoint;
  readonly access: Permission;
}

const reading = (endpoint: TestEndpoint): Served => ({ endpoint, access: "routing.read" });
const steering = (endpoint: TestEndpoint): Served => ({ endpoint, access: "faults.write" });

const endpoints: readonly (readonly [method: string, path: string, served: Served])[] = [
  ["POST", "/test/enable-failures", steering(enableFailures)],
  ["POST", "/test/disable-failures", steering(disableFailures)],
  ["GET", "/test/circuit-status", reading(circuitStatus)],
  ["GET", "/test/load-balancer-status", reading(loadBalancerStatus)],
  ["GET", "/test/upstream-calls", reading(upstreamCalls)],
];

/** The failure switches (REF-10), for callers on this machine and for administrators. */
export class TestApi {
  readonly #parts: TestApiParts;

  constructor(parts: TestApiParts) {
    this.#parts = parts;
  }

  routes(): Route<Handler>[] {
    return endpoints.map(([method, path, served]) => ({
      method,
      path,
      value: (exchange) => this.#serve(exchange, served),
    }));
  }

  async #serve(exchange: Exchange, served: Served): Promise<void> {
    const { ids, log } = this.#parts;
    const requestId = `req_${ids.newBody()}`;
    try {
      const body = JSON.stringify(await this.#run(exchange, served, requestId));
      const headers = [...requestHeaders(requestId), ...jsonHeaders];
      if (!exchange.isClosed) exchange.respond(200, headers, body);
    } catch (error) {
      const failure = readFailure(error, log, requestId);
      refuseRequest(exchange, surface, {
        requestId,
        failure,
        served: [],
        standing: null,
        principal: null,
      });
    }
  }

  #run(exchange: Exchange, { endpoint, access }: Served, requestId: string): unknown {
    const { head } = exchange;
    const by = this.#caller(exchange, access);
    exchange.trust();
    const request: TestRequest = {
      head,
      body: () => exchange.body(maxBodyBytes),
      changing: (event, object) => this.#parts.audit.record({ event, object, by, requestId }),
    };
    return endpoint(request, this.#parts);
  }

  /** Who asks: the id of an admin key, or somebody on this machine. Throws Failure. */
  #caller(exchange: Exchange, access: Permission): string {
    const { head } = exchange;
    const { keyring, isLocal } = this.#parts;
    if (isKeyless(head) && isLocal(head)) return guestKeyId;
    const principal = bodilessPrincipal(exchange, surface.codec, keyring);
    const staff = staffOf(principal);
    if (staff === null) {
      const why = `key ${principal.keyId} is no admin key`;
      throw new Failure<Code>("forbidden", `Cannot use the test endpoints: ${why}`);
    }
    checkPermission(staff, access);
    return principal.keyId;
  }
}
