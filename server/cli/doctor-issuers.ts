import type { Config } from "../config/schema.ts";
import { fail, ok, warn, type Finding } from "./doctor-finding.ts";
import { sendRequest } from "./http-request.ts";

type Said = Readonly<Record<string, unknown>>;

/** Does each issuer that the configuration names say what is needed of it? */
export function issuerChecks(config: Pick<Config, "issuers" | "admin">): Promise<Finding[]> {
  const { oidc } = config.admin;
  const asked = Object.entries(config.issuers).map(([name, { issuer, jwksUrl }]) =>
    checkIssuer(`issuers.${name}`, issuer, jwksUrl === null ? ["jwks_uri"] : []),
  );
  if (oidc !== null) {
    const keys = oidc.jwksUrl === null ? ["jwks_uri"] : [];
    const places = oidc.signIn === null ? [] : ["authorization_endpoint", "token_endpoint"];
    asked.unshift(checkIssuer("admin.oidc", oidc.issuer, [...keys, ...places]));
  }
  return Promise.all(asked);
}

async function checkIssuer(
  check: string,
  issuer: string,
  needed: readonly string[],
): Promise<Finding> {
  // Nothing of its document is read then.
  if (needed.length === 0) return ok(check, `${issuer}, its keys by jwksUrl`);
  const url = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const said = await ask(url);
  if (typeof said === "string") {
    const advice = "tokens and sign-ins of it are refused until it answers; keys go on";
    return warn(check, `${url.href}: ${said}`, advice);
  }
  if (said["issuer"] !== issuer) {
    const own = typeof said["issuer"] === "string" ? said["issuer"] : "nothing";
    return fail(check, `${issuer} calls itself ${own}`, `set ${check}.issuer to that, exactly`);
  }
  const missing = needed.filter((name) => !isPlace(said[name], url));
  if (missing.length === 0) return ok(check, `${issuer} answers`);
  const says = `${issuer} names no safe URL as ${missing.join(" and as ")}`;
  return fail(check, says, "it is no OpenID Connect provider, or another address of it is");
}

/** As the server takes it: by TLS, unless the issuer itself has none. */
function isPlace(said: unknown, issuer: URL): boolean {
  const url = typeof said === "string" ? URL.parse(said) : null;
  return url !== null && ["https:", issuer.protocol].includes(url.protocol);
}

/** Its discovery document, or why there is none. */
async function ask(url: URL): Promise<Said | string> {
  try {
    const { status, text } = await sendRequest({ method: "GET", url, headers: {}, body: null });
    if (status !== 200) return `it answers with status ${status}`;
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null) return "its answer is no document";
    return Object.fromEntries(Object.entries(document));
  } catch (error) {
    if (error instanceof SyntaxError) return "its answer is no JSON";
    const { code } = error as NodeJS.ErrnoException; // of a socket, where it has one
    return `it does not answer (${code ?? "no connection"})`;
  }
}
