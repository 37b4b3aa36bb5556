import { readerOf } from "@sekisho/gateway/principal.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { streamIdOf } from "@sekisho/gateway/responses/stream-place.ts";
import { checkKept, endOf, entriesOf } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { encodeKept } from "@sekisho/wire/responses/encode-kept.ts";
import { responsesClient } from "@sekisho/wire/responses/codec.ts";
import { responseIdPrefix } from "@sekisho/wire/responses/id-prefix.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { bodilessPrincipal } from "../request-heads/credential.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { respondJson } from "../answers/json.ts";
import { contextOf } from "../kept-answers/recorded-stream.ts";
import { refuseRequest } from "../answers/refuse-request.ts";
import { StreamExchange } from "../kept-answers/stream-exchange.ts";
import { sseWords } from "../answers/stream-words.ts";
import { responses } from "./responses.ts";
import type { StreamPorts } from "./streams.ts";

type Ports = Omit<StreamPorts, "surfaceOf">;
type Parameters = PathParameters;

const words = sseWords(responsesClient);

/**
 * `GET /v1/responses/{id}`: a response that is kept, as it is now. With `stream=true` as events,
 * those behind `starting_after` alone.
 */
export const getResponse = (exchange: Exchange, parameters: Parameters, ports: Ports): void =>
  answer(exchange, ports, () => {
    const found = find(exchange, parameters, ports);
    const query = new URLSearchParams(exchange.head.query);
    if (query.get("stream") !== "true") return respondKept(exchange, found);
    checkKept(found);
    const without = countIn(query, "starting_after", -1) + 1;
    const reading = { ...ports, surface: responses, words, after: null, without };
    new StreamExchange(exchange, found, reading).serve();
  });

/** `POST /v1/responses/{id}/cancel`: ends it, and shows what was said. */
export const cancelResponse = (exchange: Exchange, parameters: Parameters, ports: Ports) =>
  answer(exchange, ports, async () => {
    const found = find(exchange, parameters, ports);
    await found.cancel();
    await endOf(found.log);
    respondKept(exchange, found);
  });

/** `DELETE /v1/responses/{id}` */
export const deleteResponse = (exchange: Exchange, parameters: Parameters, ports: Ports) =>
  answer(exchange, ports, async () => {
    const { head } = find(exchange, parameters, ports);
    await ports.streams.remove(head.id, head.keyId);
    const id = `${responseIdPrefix}${head.id}`;
    respondJson(exchange, 200, { id, object: "response", deleted: true });
  });

/** `GET /v1/responses/{id}/input_items?order=&limit=&after=`: the newest first. */
export const listInputItems = (exchange: Exchange, parameters: Parameters, ports: Ports): void =>
  answer(exchange, ports, () => {
    const { head } = find(exchange, parameters, ports);
    const query = new URLSearchParams(exchange.head.query);
    const items = (head.facts.kept?.input ?? []).map((item, n) => ({
      id: `in_${head.id}_${n}`,
      ...item,
    }));
    const ordered = query.get("order") === "asc" ? items : items.toReversed();
    const after = ordered.findIndex(({ id }) => id === query.get("after")) + 1;
    const limit = Math.min(100, Math.max(1, countIn(query, "limit", 20)));
    const data = ordered.slice(after, after + limit);
    respondJson(exchange, 200, {
      object: "list",
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: after + limit < ordered.length,
    });
  });

function find(exchange: Exchange, { id = "" }: Parameters, ports: Ports): FoundStream {
  const principal = bodilessPrincipal(exchange, responses.codec, ports.keyring);
  const body = id.startsWith(responseIdPrefix) ? streamIdOf(id.slice(5)) : null;
  const message = `Cannot find the response "${id.slice(0, 64)}"`;
  if (body === null) throw new Failure<Code>("not_found", message);
  const found = ports.streams.find(body, readerOf(principal));
  const { surface, facts } = found.head;
  // What is recorded for a name or to be resumed was not asked to be kept: `store` is the promise.
  if (surface !== "openai.responses" || !facts.isStored) {
    throw new Failure<Code>("not_found", message);
  }
  return found;
}

function respondKept(exchange: Exchange, found: FoundStream): void {
  const entries = entriesOf(found.log);
  if (entries === null) throw new Failure<Code>("stream_expired", codes.stream_expired.meaning);
  const events = entries.flatMap(({ payload }): CanonicalEvent[] =>
    Buffer.isBuffer(payload) ? [] : [payload],
  );
  const body = encodeKept(events, contextOf(found, responses));
  const ids = requestHeaders(`req_${found.head.id}`, responses.requestIdHeader);
  exchange.respond(200, [...ids, "content-type", "application/json"], body);
}

function countIn(query: URLSearchParams, param: string, usual: number): number {
  const text = query.get(param);
  if (text === null) return usual;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure<Code>("invalid_value", `Cannot read "${param}": it is no whole number`, {
    param,
  });
}

function answer(
  exchange: Exchange,
  { ids, log }: Pick<Ports, "ids" | "log">,
  serve: () => void | Promise<void>,
): void {
  const refuse = (error: unknown): void => {
    const requestId = `req_${ids.newBody()}`;
    const failure = readFailure(error, log, requestId);
    refuseRequest(exchange, responses, {
      requestId,
      failure,
      served: [],
      standing: null,
      principal: null,
    });
  };
  try {
    serve()?.catch(refuse);
  } catch (error) {
    refuse(error);
  }
}
