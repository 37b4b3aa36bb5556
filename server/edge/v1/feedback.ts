import { takeFeedback, type FeedbackParts } from "@sekisho/gateway/feedback/take-feedback.ts";
import { boundAttribution } from "@sekisho/gateway/identity/bound-attribution.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseFeedback, type FeedbackView } from "@sekisho/wire/admin/feedback.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { JsonScanner } from "@sekisho/wire/framing/json-scan.ts";
import { parsed } from "../admin/admin-request.ts";
import { attributionOf } from "../request-heads/attribution.ts";
import type { ClientQueryPorts } from "../exchanges/client-query.ts";
import { credentialOf } from "../request-heads/credential.ts";
import { answerOwn } from "./answer-own.ts";

const maxBodyBytes = 65_536;

/** No field may stand twice. */
const scanner = new JsonScanner(["score", "labels", "comment"]);

export interface FeedbackPorts extends ClientQueryPorts {
  readonly feedback: FeedbackParts;
}

/**
 * `POST /v1/responses/{id}/feedback`: what a user thinks of an answer of any surface (RTE-4). Any
 * key of the answer's tenant may; a second one of the same user takes the place of the first.
 */
export const postFeedback = (
  exchange: Exchange,
  parameters: PathParameters,
  ports: FeedbackPorts,
): Promise<void> =>
  answerOwn(exchange, ports, {
    status: 200,
    view: () => feedbackOn(parameters["id"] ?? "", exchange, ports),
  });

async function feedbackOn(
  id: string,
  exchange: Exchange,
  { keyring, rates, feedback }: FeedbackPorts,
): Promise<FeedbackView> {
  const { head } = exchange;
  const credential = credentialOf(head, messagesClient);
  if (typeof credential !== "string") {
    const why = "a signature is none; send the key itself";
    throw new Failure<Code>("invalid_credential", `Cannot take feedback: ${why}`);
  }
  const principal = keyring.authenticate(credential, head);
  exchange.trust();
  const attribution = boundAttribution(principal, attributionOf(head));
  const { connection } = head;
  rates.count({ principal, user: attribution.user ?? undefined, connection, model: undefined });
  const opinion = parsed(parseFeedback(jsonOf(await exchange.body(maxBodyBytes))));
  const taken = await takeFeedback({ id, principal, attribution, opinion }, feedback);
  const { call, atMs } = taken;
  return { response: id, ...opinion, arm: call.arm?.arm ?? null, at: rfc3339(atMs) };
}

function jsonOf(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  parsed(scanner.scan(bytes));
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // Without the cause: a JSON error quotes the body.
    throw new Failure<Code>("invalid_json", "Cannot read the body: it is not valid JSON");
  }
}
