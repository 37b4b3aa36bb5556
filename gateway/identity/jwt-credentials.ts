import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { JwtIssuer } from "./jwt-issuer.ts";
import type { Verified } from "./verified-cache.ts";

/** What was found out about a token, and until when nobody asks again. */
type Finding =
  | { readonly kind: "good"; readonly verified: Verified; readonly untilMs: number }
  | { readonly kind: "bad"; readonly refusal: Failure<Code>; readonly untilMs: number };

const maxJwtChars = 8_192;
const jwtShape = /^eyJ[\w-]{2,}\.[\w-]{2,}\.[\w-]*$/;

/** A key that its issuer has withdrawn proves a token no longer than that. */
const provenMs = 300_000;
const refusedMs = 5_000;
const unavailableMs = 1_000;
const findingLimit = 32_768;

/** Does a credential look like a JSON Web Token? */
export const isJwt = (raw: string): boolean =>
  raw.startsWith("eyJ") && raw.length <= maxJwtChars && jwtShape.test(raw);

const unknownIssuer = (): Failure<Code> =>
  new Failure<Code>("invalid_credential", "Cannot accept the token: its issuer is not known here");

/**
 * Tokens of issuers that the configuration names (SEC-2). Proving one takes keys that may have to
 * be fetched first: `introduce` does that, and `known` says what came of it.
 */
export class JwtCredentials {
  #issuers: readonly JwtIssuer[] = [];
  readonly #clock: Clock;
  readonly #findings = new Map<string, Finding>();
  readonly #proving = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get issuers(): readonly JwtIssuer[] {
    return this.#issuers;
  }

  /** Names all issuers, in the place of those that there were. */
  trust(issuers: readonly JwtIssuer[]): void {
    this.#issuers = issuers;
    this.#findings.clear();
  }

  /** Null when nothing is left to find out. The promise never rejects. */
  introduce(raw: string): Promise<void> | null {
    if (this.#issuers.length === 0 || !isJwt(raw)) return null;
    const digest = hash("sha256", raw, "latin1");
    return this.#finding(digest) === undefined ? this.#find(raw, digest) : null;
  }

  /**
   * Whose token it is. Throws the Failure that proving it ended with. Who keeps a connection open
   * does not introduce the token again: it is proven anew beside the work that goes on.
   */
  known(raw: string): Verified {
    const digest = hash("sha256", raw, "latin1");
    const finding = this.#findings.get(digest);
    const ageMs = this.#clock.wallMs() - (finding?.untilMs ?? -Infinity);
    if (finding === undefined || ageMs >= provenMs) throw unknownIssuer();
    if (finding.kind === "bad") throw copyOf(finding.refusal);
    if (ageMs >= 0) this.#proveAgain(raw, digest);
    if (this.#clock.wallMs() < finding.verified.untilMs) return finding.verified;
    throw new Failure<Code>("invalid_credential", "Cannot accept the token: it has expired");
  }

  #proveAgain(raw: string, digest: string): void {
    if (this.#proving.has(digest)) return;
    this.#proving.add(digest);
    void this.#find(raw, digest).finally(() => this.#proving.delete(digest));
  }

  #finding(digest: string): Finding | undefined {
    const finding = this.#findings.get(digest);
    return finding !== undefined && this.#clock.wallMs() < finding.untilMs ? finding : undefined;
  }

  async #find(raw: string, digest: string): Promise<void> {
    const finding = await this.#ask(raw);
    const oldest = this.#findings.keys().next();
    if (this.#findings.size >= findingLimit && oldest.done !== true) {
      this.#findings.delete(oldest.value);
    }
    // One that is found out again is a new one.
    this.#findings.delete(digest);
    this.#findings.set(digest, finding);
  }

  async #ask(raw: string): Promise<Finding> {
    try {
      const verified = await this.#issuerOf(raw).verify(raw);
      const untilMs = Math.min(verified.untilMs, this.#clock.wallMs() + provenMs);
      return { kind: "good", verified, untilMs };
    } catch (error) {
      const refusal = asFailure(error);
      const isWaiting = refusal.code === "issuer_unavailable";
      const untilMs = this.#clock.wallMs() + (isWaiting ? unavailableMs : refusedMs);
      return { kind: "bad", refusal, untilMs };
    }
  }

  /** By what the token says, which proves nothing yet: one issuer may have several audiences. */
  #issuerOf(raw: string): JwtIssuer {
    const { iss, aud } = unprovenClaims(raw);
    const own = this.#issuers.filter(({ rules }) => rules.issuer === iss);
    const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
    const meant = own.find(({ rules }) => audiences.includes(rules.audience)) ?? own[0];
    if (meant === undefined) throw unknownIssuer();
    return meant;
  }
}

/** What a token says of itself. Throws where that cannot be read. */
function unprovenClaims(raw: string): { readonly iss?: unknown; readonly aud?: unknown } {
  const claims: unknown = JSON.parse(Buffer.from(raw.split(".")[1] ?? "", "base64url").toString());
  return typeof claims === "object" && claims !== null ? claims : {};
}

const asFailure = (error: unknown): Failure<Code> => {
  if (error instanceof Failure) return error as Failure<Code>; // those of proving are ours
  return new Failure<Code>("invalid_credential", "Cannot accept the token: it cannot be read");
};

/** Each request that is refused has a failure of its own. */
const copyOf = ({ code, message, details }: Failure<Code>): Failure<Code> =>
  new Failure<Code>(code, message, details);
