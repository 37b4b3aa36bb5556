import type { ReadDocument } from "@sekisho/gateway/identity/issuer-discovery.ts";
import { IssuerKeys } from "@sekisho/gateway/identity/issuer-keys.ts";
import type { PostForm } from "@sekisho/gateway/identity/issuer-sign-in.ts";
import type { ClaimMapping } from "@sekisho/gateway/identity/jwt-claims.ts";
import { JwtIssuer } from "@sekisho/gateway/identity/jwt-issuer.ts";
import { unlimited } from "@sekisho/gateway/identity/key-limits.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Egress, FetchForm } from "@sekisho/lib/http/egress.ts";
import { defaultPort } from "@sekisho/lib/http/egress/egress-allow-list.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../../config/schema.ts";
import { egressOf } from "../process/egress.ts";

/** What an issuer answers is never larger. */
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
  const own = { ...ports, egress: egressOf(openedHosts(config), ports.clock) };
  const clients = Object.entries(config.issuers).map(([name, rules]) =>
    issuerOf(name, { ...rules, mapping: { ...rules, kind: "clients" } }, own),
  );
  if (oidc === null) return clients;
  return [issuerOf("admin", { ...oidc, mapping: { ...oidc, kind: "staff" } }, own), ...clients];
}

/** One issuer by the rules of its section. */
export function issuerOf(
  name: string,
  rules: Rules,
  { clock, log, ending, egress }: IssuerPorts & { readonly egress: Egress },
): JwtIssuer {
  const { issuer, audience, algorithms, skewMs, jwksUrl, addresses, origins, mapping } = rules;
  const keys = new IssuerKeys(issuer, jwksUrl, {
    clock,
    read: documentsOf(egress, name, ending),
    failed: (_issuer, why) => log.warn("an issuer's keys were not read", { name, reason: why }),
  });
  const limits = { ...unlimited, addresses, origins };
  const own = { name, issuer, audience, algorithms, skewMs, mapping, limits };
  return new JwtIssuer(own, keys, clock);
}

/** What the administrator names as an issuer is no stranger's URL, wherever it is. */
export function openedHosts({ egress, issuers, admin }: Config): Pick<Config, "egress"> {
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
> & { readonly mapping: ClaimMapping };

/** Reads JSON through the guard: no redirect, and no address that the operator did not open. */
export const documentsOf =
  (egress: Egress, party: string, signal: AbortSignal): ReadDocument =>
  (url) =>
    answered(egress, url, { party, signal });

/** The same for what is posted. */
export const formsOf =
  (egress: Egress, party: string, signal: AbortSignal): PostForm =>
  (url, form) =>
    answered(egress, url, { party, signal, form });

async function answered(
  egress: Egress,
  url: string,
  ask: { readonly party: string; readonly signal: AbortSignal; readonly form?: FetchForm },
): Promise<unknown> {
  const fetched = await egress.fetch(url, { ...ask, maxBytes, admit: () => null });
  if (!fetched.ok) throw new Error(fetched.fault);
  try {
    return JSON.parse(fetched.bytes.toString("utf8"));
  } catch {
    // Without the cause: a JSON error quotes the answer.
    throw new Error("its answer is no JSON");
  }
}
