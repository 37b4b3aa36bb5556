import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { readerOf, type Principal } from "@sekisho/gateway/principal.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import {
  readPlace,
  streamIdOf,
  type StreamPlace,
} from "@sekisho/gateway/responses/stream-place.ts";
import { checkKept, unknownStream, type Streams } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { bodilessPrincipal } from "../request-heads/credential.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { respondJson } from "../answers/json.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { StreamExchange } from "../kept-answers/stream-exchange.ts";

export interface StreamPorts {
  readonly streams: Streams;
  readonly keyring: Keyring;
  readonly surfaceOf: (name: string) => ModelSurface | null;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  readonly heartbeatMs: number;
}

/**
 * `GET /v1/streams/{id}`: a response in the words in which it was asked for, from its beginning or
 * from behind what `last-event-id` or `?after=` names (STR-5). 204 where nothing is left to read:
 * that ends an `EventSource`.
 */
export function readStream(exchange: Exchange, parameters: PathParameters, ports: StreamPorts) {
  answerOwner(exchange, ports, (principal) => {
    const { head } = exchange;
    const found = foundIn(parameters, principal, ports);
    checkKept(found);
    const after = placeOf(head, found);
    if (after !== null && hasNothingLeft(found, after)) return exchange.respond(204, [], "");
    const surface = ports.surfaceOf(found.head.surface);
    const words = surface?.stream ?? null;
    if (surface === null || words?.isNumbered !== true) {
      const why = `it was asked for on ${found.head.surface}, which is not server-sent events`;
      throw new Failure<Code>("unsupported_surface", `Cannot read the response: ${why}`);
    }
    new StreamExchange(exchange, found, { ...ports, surface, words, after }).serve();
  });
}

/** `POST /v1/streams/{id}/cancel`: ends the answer and keeps what was said (STR-6). */
export function cancelStream(exchange: Exchange, parameters: PathParameters, ports: StreamPorts) {
  answerOwner(exchange, ports, async (principal) => {
    const found = foundIn(parameters, principal, ports);
    const status = (await found.cancel()) ? "cancelled" : "ended";
    respondJson(exchange, 200, { id: `rsp_${found.head.id}`, status });
  });
}

function foundIn({ id = "" }: PathParameters, principal: Principal, ports: StreamPorts) {
  const body = streamIdOf(id);
  if (body === null) throw unknownStream(id);
  return ports.streams.find(body, readerOf(principal));
}

const isOver = ({ log }: FoundStream): boolean => log.ended;

const hasNothingLeft = (found: FoundStream, { epoch, seq, parts }: StreamPlace): boolean =>
  isOver(found) && epoch === found.epoch && parts === null && seq >= found.log.nextSeq - 1;

const seqShape = /^\d{1,9}$/;

/** What the client has already; null where it begins. Throws Failure. */
function placeOf(head: RequestHead, { head: { id }, epoch }: FoundStream): StreamPlace | null {
  const text = head.header("last-event-id") ?? new URLSearchParams(head.query).get("after") ?? "";
  if (text === "") return null;
  if (seqShape.test(text)) return { id, epoch, seq: Number(text), parts: null };
  const place = readPlace(text);
  if (place?.id === id) return place;
  const why = "it is no place in this response";
  throw new Failure<Code>("invalid_value", `Cannot read from "${text.slice(0, 64)}": ${why}`, {
    param: "last-event-id",
  });
}

/** `EventSource` has no headers: its key may stand in the query. */
function principalOf(exchange: Exchange, keyring: Keyring): Principal {
  const { head } = exchange;
  const token = new URLSearchParams(head.query).get("token");
  if (token === null) return bodilessPrincipal(exchange, messagesClient, keyring);
  if (head.header("authorization") !== undefined || head.header("x-api-key") !== undefined) {
    const why = "the query and a header each name one, one expected";
    throw new Failure<Code>("conflicting_credentials", `Cannot read the credential: ${why}`);
  }
  const principal = keyring.authenticate(token, head);
  exchange.trust();
  return principal;
}

function answerOwner(
  exchange: Exchange,
  { keyring, ids, log }: Pick<StreamPorts, "keyring" | "ids" | "log">,
  answer: (principal: Principal) => void | Promise<void>,
): void {
  const refuse = (error: unknown): void => {
    const requestId = `req_${ids.newBody()}`;
    const { code, message, details } = readFailure(error, log, requestId);
    const problem = problemOf(code, { detail: message, requestId, param: details.param });
    const headers = [...requestHeaders(requestId), "content-type", problemContentType];
    exchange.respond(codes[code].status, headers, JSON.stringify(problem));
  };
  try {
    answer(principalOf(exchange, keyring))?.catch(refuse);
  } catch (error) {
    refuse(error);
  }
}
