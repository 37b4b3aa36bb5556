import { IssuerKeys, type ReadDocument } from "@sekisho/gateway/identity/issuer-keys.ts";
import type { ClaimMapping } from "@sekisho/gateway/identity/jwt-claims.ts";
import { unlimited } from "@sekisho/gateway/identity/key-limits.ts";
import { JwtIssuer } from "@sekisho/gateway/identity/jwt-issuer.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { defaultPort } from "@sekisho/lib/http/egress-allow-list.ts";
import type { Egress } from "@sekisho/lib/http/egress.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../config/schema.ts";
import { egressOf } from "./egress.ts";

/** A set of keys, or the document that says where it is, is never larger. */
const maxBytes = 262_144;

export interface IssuerPorts {
  readonly clock: Clock;
  readonly log: GatewayLog;
  /** Aborted when the process ends. */
  readonly ending: AbortSignal;
}

/** Every issuer that the configuration names, for clients and for administrators. */
export function issuersOf(config: Config, ports: IssuerPorts): JwtIssuer[] {
  const { oidc } = config.admin;
  const egress = egressOf(opened(config), ports.clock);
  const make = (name: string, rules: Rules, mapping: ClaimMapping): JwtIssuer => {
    const { issuer, audience, algorithms, skewMs, jwksUrl, addresses, origins } = rules;
    const keys = new IssuerKeys(issuer, jwksUrl, {
      clock: ports.clock,
      read: documentsOf(egress, name, ports.ending),
      failed: (_issuer, why) =>
        ports.log.warn("an issuer's keys were not read", { name, reason: why }),
    });
    const limits = { ...unlimited, addresses, origins };
    const own = { name, issuer, audience, algorithms, skewMs, mapping, limits };
    return new JwtIssuer(own, keys, ports.clock);
  };
  const clients = Object.entries(config.issuers).map(([name, rules]) =>
    make(name, rules, { ...rules, kind: "clients" }),
  );
  if (oidc === null) return clients;
  return [make("admin", oidc, { ...oidc, kind: "staff" }), ...clients];
}

/** What the administrator names as an issuer is no stranger's URL, wherever it is. */
function opened({ egress, issuers, admin }: Config): Pick<Config, "egress"> {
  const all = [...Object.values(issuers), ...(admin.oidc === null ? [] : [admin.oidc])];
  const urls = all.flatMap(({ issuer, jwksUrl }) => [
    issuer,
    ...(jwksUrl === null ? [] : [jwksUrl]),
  ]);
  const hosts = urls.flatMap((text) => {
    const url = URL.parse(text);
    if (url === null) return [];
    return [`${url.hostname}:${url.port === "" ? defaultPort(url.protocol) : url.port}`];
  });
  return { egress: { allow: [...egress.allow, ...hosts] } };
}

type Rules = Pick<
  Config["issuers"][string],
  "issuer" | "audience" | "algorithms" | "skewMs" | "jwksUrl" | "addresses" | "origins"
>;

/** Reads JSON through the guard: no redirect, and no address that the operator did not open. */
function documentsOf(egress: Egress, party: string, signal: AbortSignal): ReadDocument {
  return async (url) => {
    const ask = { party, signal, maxBytes, admit: () => null };
    const fetched = await egress.fetch(url, ask);
    if (!fetched.ok) throw new Error(fetched.fault);
    try {
      return JSON.parse(fetched.bytes.toString("utf8"));
    } catch {
      // Without the cause: a JSON error quotes the answer.
      throw new Error("its answer is no JSON");
    }
  };
}
