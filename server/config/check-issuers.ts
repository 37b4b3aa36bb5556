import { formatPath, type ConfigPath } from "./config-path.ts";
import type { Finding } from "./problem.ts";
import type { ConfigShape } from "./schema.ts";

/** The issuer of `admin.oidc` stands in ledger and audit log under this name. */
const staffIssuer = "admin";

const finding = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
});

/** Issuers whose tokens would be nobody's, or somebody else's. */
export function checkIssuers({ issuers, admin, tenants }: ConfigShape): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, string>();
  if (admin.oidc !== null) {
    seen.set(JSON.stringify([admin.oidc.issuer, admin.oidc.audience]), "admin.oidc");
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
      findings.push(finding([...path, "tenant"], `: there is no tenant "${tenant}"`));
    }
    const budgets = known?.budgets.flatMap(({ name: own }) => own ?? []) ?? [];
    if (requestBudget !== null && !budgets.includes(requestBudget)) {
      const rest = `: "${requestBudget}" is no request's budget of its tenant`;
      findings.push(finding([...path, "requestBudget"], rest));
    }
  }
  return findings;
}
