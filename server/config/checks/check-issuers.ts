import { formatPath, type ConfigPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";

/** The issuer of `admin.oidc` stands in ledger and audit log under this name. */
const staffIssuer = "admin";

const finding = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
});

const isLocal = (hostname: string): boolean =>
  ["localhost", "127.0.0.1", "[::1]"].includes(hostname);

/** What keeps people from signing in, or gives their session away. */
function checkSignIn({ issuer, signIn }: NonNullable<ConfigShape["admin"]["oidc"]>): Finding[] {
  if (signIn === null) return [];
  const { origin, scopes, maxMs, idleMs } = signIn;
  const found: Finding[] = [];
  const at = URL.parse(issuer);
  if (at?.protocol === "http:" && !isLocal(at.hostname)) {
    const rest = " must begin with https://: who changes its answers on the way would sign in";
    found.push(finding(["admin", "oidc", "issuer"], rest));
  }
  const say = (key: string, rest: string): void =>
    void found.push(finding(["admin", "oidc", "signIn", key], rest));
  if (!scopes.includes("openid")) say("scopes", " has no openid: no ID token would come");
  if (idleMs > maxMs) say("idleMs", ` is ${idleMs}, more than maxMs, which is ${maxMs}`);
  const url = origin === null ? null : URL.parse(origin);
  if (url === null) return found;
  if (url.origin !== origin) say("origin", ` is no origin: it would be ${url.origin}`);
  if (url.protocol !== "https:" && !isLocal(url.hostname)) {
    say("origin", " must begin with https://: sessions would go in the clear");
  }
  return found;
}

/** Issuers whose tokens would be nobody's, or somebody else's. */
export function checkIssuers({ issuers, admin, tenants }: ConfigShape): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, string>();
  if (admin.oidc !== null) {
    seen.set(JSON.stringify([admin.oidc.issuer, admin.oidc.audience]), "admin.oidc");
    findings.push(...checkSignIn(admin.oidc));
    const clientId = admin.oidc.signIn?.clientId;
    if (clientId !== undefined && clientId !== admin.oidc.audience) {
      seen.set(JSON.stringify([admin.oidc.issuer, clientId]), "admin.oidc.signIn");
    }
    if (Object.keys(admin.oidc.roles).length === 0) {
      findings.push(finding(["admin", "oidc", "roles"], " is empty: nobody would have a role"));
    }
  }
  for (const [name, { issuer, audience, tenant, tenantClaim, requestBudget }] of Object.entries(
    issuers,
  )) {
    const path = ["issuers", name];
    const both = JSON.stringify([issuer, audience]);
    const twin = seen.get(both);
    seen.set(both, formatPath(path));
    if (twin !== undefined) {
      findings.push(finding(path, ` has issuer and audience of ${twin}: whose is a token?`));
    }
    if (name === staffIssuer) findings.push(finding(path, " is the name of admin.oidc"));
    if ((tenant === null) === (tenantClaim === null)) {
      findings.push(finding(path, " needs one of tenant and tenantClaim"));
    }
    const known = tenant === null ? undefined : tenants[tenant];
    if (tenant !== null && known === undefined) {
      const missing = finding([...path, "tenant"], `: there is no tenant "${tenant}"`);
      findings.push({ ...missing, about: [["tenants", tenant]] });
      continue;
    }
    const budgets = known?.budgets.flatMap(({ name: own }) => own ?? []) ?? [];
    if (requestBudget !== null && !budgets.includes(requestBudget)) {
      const rest = `: "${requestBudget}" is no request's budget of its tenant`;
      const about = [
        ["tenants", tenant ?? ""],
        ...["tenant", "tenantClaim"].map((key) => [...path, key]),
      ];
      findings.push({ ...finding([...path, "requestBudget"], rest), about });
    }
  }
  return findings;
}
