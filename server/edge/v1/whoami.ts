import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { ClientWhoamiView } from "@sekisho/wire/admin/tokens.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { answerClient, type ClientQueryPorts } from "../exchanges/client-query.ts";
import { credentialOf } from "../request-heads/credential.ts";

/** `GET /v1/whoami`: what the gateway takes whoever asks for, and what they may do. */
export function getClientWhoami(exchange: Exchange, ports: ClientQueryPorts): void {
  answerClient(exchange, ports, (principal): ClientWhoamiView => {
    const credential = credentialOf(exchange.head, messagesClient);
    const untilMs =
      typeof credential === "string" ? ports.keyring.goodUntilMs(credential) : Infinity;
    const { keyId, tenant, team, role, models, surfaces, criticality, bound } = principal;
    return {
      key: keyId,
      role,
      tenant,
      team,
      user: bound?.user ?? null,
      session: bound?.session ?? null,
      models,
      surfaces,
      criticality,
      expiresAt: untilMs === Infinity ? null : rfc3339(untilMs),
    };
  });
}
