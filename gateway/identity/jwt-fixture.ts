import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import type { ClaimMapping, ClientMapping } from "./jwt-claims.ts";
import { unlimited } from "./key-limits.ts";
import { JwtIssuer, type IssuerRules } from "./jwt-issuer.ts";

export const issuerUrl = "https://id.example";

export const clientMapping: ClientMapping = {
  kind: "clients",
  tenant: null,
  tenantClaim: "tenant",
  teamClaim: null,
  userClaim: "sub",
  modelsClaim: null,
  models: ["fast"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};

/** A key of an issuer: what it signs with, and what it publishes. */
export interface IssuerKey {
  readonly jwk: JWK;
  readonly sign: (
    claims: JWTPayload,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
}

export async function issuerKey(kid: string, alg = "RS256"): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  const sign: IssuerKey["sign"] = (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "at+jwt", ...header }).sign(privateKey);
  return { jwk, sign };
}

/** An issuer whose documents are in memory, and how often they were read. */
export class IssuerInMemory {
  keys: JWK[];
  /** What reading ends with, in the place of a document. */
  fault: string | null = null;
  /** Until it is resolved, nothing is answered. */
  held: Promise<void> = Promise.resolve();
  reads = 0;
  readonly failures: string[] = [];

  constructor(keys: readonly IssuerKey[]) {
    this.keys = keys.map(({ jwk }) => jwk);
  }

  serve(clock: Clock, changes: Partial<IssuerRules> = {}): JwtIssuer {
    const mapping: ClaimMapping = clientMapping;
    const rules: IssuerRules = {
      name: "corp",
      issuer: issuerUrl,
      audience: "sekisho",
      algorithms: ["RS256", "ES256"],
      skewMs: 30_000,
      mapping,
      limits: unlimited,
      ...changes,
    };
    const read = async (): Promise<unknown> => {
      this.reads += 1;
      await this.held;
      if (this.fault !== null) throw new Error(this.fault);
      return { keys: this.keys };
    };
    const failed = (_issuer: string, why: string): void => void this.failures.push(why);
    const keys = new IssuerKeys(rules.issuer, `${issuerUrl}/jwks`, { clock, read, failed });
    return new JwtIssuer(rules, keys, clock);
  }
}
