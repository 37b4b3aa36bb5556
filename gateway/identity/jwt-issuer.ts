import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { dateAt } from "@sekisho/lib/time/date-at.ts";
import type { JwtAlgorithm } from "@sekisho/wire/admin/jwt-algorithms.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { principalIn, type ClaimMapping } from "./jwt-claims.ts";
import type { Principal } from "../principal.ts";
import type { KeyLimits } from "./key-limits.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import type { Verified } from "./verified-cache.ts";

/** What a token of one issuer must be like (SEC-2). */
export interface IssuerRules {
  /** By which it stands in the configuration, in logs and in the ledger. */
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly skewMs: number;
  readonly mapping: ClaimMapping;
  /** Where its tokens are good. */
  readonly limits: KeyLimits;
}

/** Access tokens and ID tokens; one that says nothing of itself may be either. */
const types: ReadonlySet<string> = new Set(["jwt", "at+jwt", "application/at+jwt"]);
const idTokenTypes: ReadonlySet<string> = new Set(["jwt"]);

const refused = (why: string): Failure<Code> =>
  new Failure<Code>("invalid_credential", `Cannot accept the token: ${why}`);

/** Proves the tokens of one issuer. */
export class JwtIssuer {
  readonly rules: IssuerRules;
  readonly #keys: Pick<IssuerKeys, "current" | "newer">;
  readonly #clock: Clock;

  constructor(rules: IssuerRules, keys: Pick<IssuerKeys, "current" | "newer">, clock: Clock) {
    this.rules = rules;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** Throws Failure `invalid_credential`, `forbidden` or `issuer_unavailable`. */
  async verify(raw: string): Promise<Verified> {
    const claims = await this.#claimsOf(raw, types);
    const principal = principalIn(claims, this.rules.name, this.rules.mapping);
    return { principal, untilMs: (claims.exp ?? 0) * 1_000 + this.rules.skewMs };
  }

  /**
   * The same of an ID token that was asked for with this nonce: an access token, one for another
   * party (`azp`) or another sign-in is none. Throws as `verify`.
   */
  async verifyIdToken(raw: string, nonce: string): Promise<Principal> {
    const claims = await this.#claimsOf(raw, idTokenTypes);
    if (claims["nonce"] !== nonce) throw refused("its nonce is not the one of this sign-in");
    const { audience, name, mapping } = this.rules;
    const isForOthers = Array.isArray(claims.aud) && claims.aud.length > 1;
    if ((isForOthers || claims["azp"] !== undefined) && claims["azp"] !== audience) {
      throw refused("its claim azp names another client");
    }
    return principalIn(claims, name, mapping);
  }

  async #claimsOf(raw: string, may: ReadonlySet<string>): Promise<JWTPayload> {
    try {
      return await this.#checked(raw, await this.#keys.current(), may);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    }
    // The issuer may have begun to sign with a new key.
    const newer = await this.#keys.newer();
    if (newer === null) throw refused("none of its issuer's keys has signed it");
    try {
      return await this.#checked(raw, newer, may);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async #checked(raw: string, key: JWTVerifyGetKey, may: ReadonlySet<string>): Promise<JWTPayload> {
    const { issuer, audience, algorithms, skewMs } = this.rules;
    const { payload, protectedHeader } = await jwtVerify(raw, key, {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ["exp"],
      clockTolerance: skewMs / 1_000,
      currentDate: dateAt(this.#clock.wallMs()),
    });
    const { typ } = protectedHeader;
    if (typ === undefined || may.has(typ.toLowerCase())) return payload;
    throw refused("it is of a type that does not count here");
  }
}

/** What is wrong, for whoever has the token; nothing of the token itself. */
function refusalOf(error: unknown): Failure<Code> {
  if (error instanceof Failure) return error as Failure<Code>; // ours alone reach here
  if (error instanceof errors.JWTExpired) return refused("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(`its claim ${error.claim} is missing or not the one that is expected`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return refused("it is signed by an algorithm that its issuer is not allowed");
  }
  const isUnmatched =
    error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
  if (isUnmatched) {
    return refused("none of its issuer's keys has signed it, or more than one could have");
  }
  return refused("its signature does not hold, or it is no token");
}
