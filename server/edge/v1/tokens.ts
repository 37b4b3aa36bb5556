import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { parseTokenRequest, type TokenView } from "@sekisho/wire/admin/tokens.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { JsonScanner } from "@sekisho/wire/framing/json-scan.ts";
import { parsed } from "../admin/admin-request.ts";
import type { ClientQueryPorts } from "../exchanges/client-query.ts";
import { credentialOf } from "../request-heads/credential.ts";
import { answerOwn } from "./answer-own.ts";

const maxBodyBytes = 65_536;

/** No field may stand twice. */
const scanner = new JsonScanner(["user", "session", "models", "surfaces", "expiresInMs"]);

/**
 * `POST /v1/tokens`: a token for a browser, in the place of the key that asks for it (SEC-19). The
 * key may be any that a client has, whatever surfaces it may call; it takes from the key's rate.
 */
export const postToken = (exchange: Exchange, ports: ClientQueryPorts): Promise<void> =>
  answerOwn(exchange, ports, { status: 201, view: () => tokenFor(exchange, ports) });

async function tokenFor(
  exchange: Exchange,
  { keyring, rates }: ClientQueryPorts,
): Promise<TokenView> {
  const { head } = exchange;
  const credential = credentialOf(head, messagesClient);
  if (typeof credential !== "string") {
    const why = "a signature asks for none; send the key itself";
    throw new Failure<Code>("invalid_credential", `Cannot make a token: ${why}`);
  }
  const principal = keyring.authenticate(credential, head);
  exchange.trust();
  const { connection } = head;
  rates.count({ principal, user: undefined, connection, model: undefined });
  const bytes = await exchange.body(maxBodyBytes);
  const { expiresInMs: lifeMs, ...asked } = parsed(parseTokenRequest(jsonOf(bytes)));
  // The key may have been revoked while the body was read.
  const asker = { principal: keyring.authenticate(credential, head), raw: credential };
  const issued = keyring.tokens.issue(asker, { ...asked, lifeMs });
  const { raw: token, expiresMs, models, surfaces } = issued;
  const { user, session } = asked;
  return { token, expiresAt: rfc3339(expiresMs), user, session, models, surfaces };
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
