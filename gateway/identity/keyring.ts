import { hash, timingSafeEqual } from "node:crypto";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Sender, SignedRequest } from "../credential.ts";
import type { Principal } from "../principal.ts";
import { AccessPairs, type OwnedPair } from "./access-pairs.ts";
import { BrowserTokens, isToken, maxTokenChars } from "./browser-tokens.ts";
import { configuredRecords, type ConfiguredKey } from "./configured-keys.ts";
import { readKey } from "./key-format.ts";
import { isJwt, JwtCredentials } from "./jwt-credentials.ts";
import type { JwtIssuer } from "./jwt-issuer.ts";
import { KeyUses } from "./key-uses.ts";
import { SenderLimits, type KeyLimits, type KnownOrigins } from "./key-limits.ts";
import { isDemoKey, principalOf, sameGrant, type KeyRecord } from "./key-record.ts";
import type { HashedSecret, Pepper } from "./pepper.ts";
import { RequestSignatures } from "./request-signatures.ts";
import { VerifiedCache, type Verified } from "./verified-cache.ts";

/** Our own keys stay below 100 characters, a configured secret may be longer. */
const maxCredentialChars = 512;
const defaultCacheLimit = 32_768;

export interface KeyringOptions {
  /** So many proofs are kept. */
  readonly cacheLimit?: number;
  /** What a proxy takes off the start of paths after clients have signed them. */
  readonly pathPrefixes?: readonly string[];
}

interface Holder {
  readonly record: KeyRecord;
  readonly principal: Principal;
}

const refused = (why: string): Failure<Code> =>
  new Failure<Code>("invalid_credential", `Cannot accept the key: ${why}`);

const untilOf = ({ expiresMs }: KeyLimits): Pick<Verified, "untilMs"> => ({
  untilMs: expiresMs ?? Infinity,
});

/** One sentence for all of these: a stranger learns nothing about which ids exist. */
const unknown = "it is unknown, has expired or was revoked";

/** What changes of a key once it is made; its hashes change with one of these. */
const isSameRecord = (one: KeyRecord, other: KeyRecord): boolean =>
  one.rotatedMs === other.rotatedMs &&
  one.revokedMs === other.revokedMs &&
  one.previous?.untilMs === other.previous?.untilMs &&
  JSON.stringify(one.limits) === JSON.stringify(other.limits);

const sameBytes = (a: HashedSecret, b: HashedSecret): boolean =>
  a.pepper === b.pepper && timingSafeEqual(a.hmac, b.hmac);

/**
 * Every key of this process, in memory, and the answer to "who is this?" (SEC-1). It keeps hashes
 * only. A key that was proven once costs one SHA-256 and one lookup from then on.
 */
export class Keyring {
  readonly #pepper: Pepper;
  readonly #clock: Clock;
  readonly #verified: VerifiedCache;
  readonly #signatures: RequestSignatures;
  readonly #pairs: AccessPairs;
  readonly #limits = new SenderLimits();
  readonly #jwts: JwtCredentials;
  readonly uses: KeyUses;
  /** What browsers get in the place of a key. */
  readonly tokens: BrowserTokens;
  readonly #stored = new Map<string, Holder>();
  /** Keys from the configuration by their hash: their secrets name no id. */
  #configured = new Map<string, Holder>();
  #tenants: ReadonlySet<string> | null = null;

  constructor(pepper: Pepper, clock: Clock, options: KeyringOptions = {}) {
    this.#pepper = pepper;
    this.#clock = clock;
    this.#verified = new VerifiedCache(options.cacheLimit ?? defaultCacheLimit);
    this.#pairs = new AccessPairs(pepper);
    this.#jwts = new JwtCredentials(clock);
    this.uses = new KeyUses(clock);
    this.tokens = new BrowserTokens({ pepper, clock, parentOf: (id) => this.#holder(id) });
    this.#signatures = new RequestSignatures(clock, options.pathPrefixes ?? []);
  }

  /**
   * Whose key it is. Throws Failure `invalid_credential`, or `forbidden` where it is not good from
   * where it comes. The same object comes back for the same key for as long as what the key may do
   * does not change.
   */
  authenticate(raw: string, sender: Sender | null): Principal {
    if (isJwt(raw)) return this.#entering(this.#jwts.known(raw), sender);
    const limit = isToken(raw) ? maxTokenChars : maxCredentialChars;
    if (raw.length > limit) throw refused(`at most ${limit} characters`);
    // latin1 is the cheapest string that holds all 256 bits.
    const digest = hash("sha256", raw, "latin1");
    const known = this.#verified.get(digest);
    if (known !== undefined && this.#isGood(known)) return this.#entering(known, sender);
    const verified = this.#verify(raw);
    this.#verified.add(digest, verified);
    return this.#entering(verified, sender);
  }

  /** Until when a credential that was proven is good; Infinity where no end of it is known. */
  goodUntilMs(raw: string): number {
    return (
      this.expiryOf(raw) ?? this.#verified.get(hash("sha256", raw, "latin1"))?.untilMs ?? Infinity
    );
  }

  #entering({ principal }: Pick<Verified, "principal">, sender: Sender | null): Principal {
    this.#limits.check(this.#served(principal), sender);
    if (sender !== null) this.uses.touch(principal.keyId);
    return principal;
  }

  /**
   * Proves a token of an issuer, which may take a while: to be awaited before `authenticate`. Null
   * for all other credentials, and for a token that is proven or refused already.
   */
  introduce(raw: string): Promise<void> | null {
    return this.#jwts.introduce(raw);
  }

  /** Epoch milliseconds; null for what is no good token of an issuer. */
  expiryOf(raw: string): number | null {
    return isJwt(raw) ? this.#jwts.known(raw).untilMs : null;
  }

  /**
   * Whose key a signed request claims to come from: nothing of it is proven before `prove`. Throws
   * Failure `invalid_signature`, `signature_expired` or `invalid_credential`.
   */
  claimant(request: SignedRequest): Principal {
    this.#signatures.checkHead(request);
    return this.#owner(this.#pairOf(request));
  }

  /**
   * Whose key signed the request, now that its body is there. It is looked up again: the key may
   * have been revoked meanwhile. Throws as `claimant`, or `forbidden` where the key is not good
   * from where the request comes.
   */
  prove(request: SignedRequest, body: Uint8Array, sender: Sender | null): Principal {
    const pair = this.#pairOf(request);
    const principal = this.#owner(pair);
    this.#signatures.check(request, pair.secretAccessKey(), body);
    return this.#entering({ principal }, sender);
  }

  /** Takes keys read from the store. Throws when a pepper they need is missing. */
  load(records: readonly KeyRecord[], options: { readonly demo: boolean }): void {
    for (const record of records) {
      if (options.demo || !isDemoKey(record)) this.put(record);
    }
  }

  /** Takes what another process has changed of them: all others, and what was proven, stay. */
  refresh(records: readonly KeyRecord[], options: { readonly demo: boolean }): void {
    const changed = records.filter((record) => {
      const known = this.#stored.get(record.id)?.record;
      return known === undefined || !isSameRecord(known, record);
    });
    this.load(changed, options);
  }

  /**
   * Names the tenants whose keys are good from now on, each with the addresses that their requests
   * may come from; the installation's always are. Without it every tenant is served. A key that
   * outlived its tenant would have no budget and no rate.
   */
  serve(tenants: ReadonlyMap<string, readonly string[]>): void {
    this.#limits.setTenants(tenants);
    this.#tenants = new Set(tenants.keys());
  }

  /** Names the issuers whose tokens are good beside keys; without it there are none. */
  trust(issuers: readonly JwtIssuer[]): void {
    for (const { rules } of this.#jwts.issuers) this.#limits.forget(`oidc:${rules.name}`);
    for (const { rules } of issuers) this.#limits.set(`oidc:${rules.name}`, rules.limits);
    this.#jwts.trust(issuers);
  }

  /** Adds or replaces one stored key: what was proven about its secrets before is forgotten. */
  put(record: KeyRecord): void {
    for (const { pepper } of [record.secret, ...(record.previous ? [record.previous] : [])]) {
      if (!this.#pepper.has(pepper)) {
        throw new Error(`Cannot load key ${record.id}: its pepper ${pepper} is missing`);
      }
    }
    if (record.revokedMs === null) this.#limits.set(record.id, record.limits);
    else this.#limits.forget(record.id);
    const before = this.#stored.get(record.id);
    const principal =
      before !== undefined && sameGrant(before.record.grant, record.grant)
        ? before.principal
        : principalOf(record);
    this.#pairs.replace(before?.record, record);
    this.#stored.set(record.id, { record, principal });
    this.#verified.forget(record.id);
  }

  /** Replaces all keys of the configuration, or none: see `prepare`. */
  configure(keys: readonly ConfiguredKey[]): void {
    this.prepare(keys)();
  }

  /**
   * Checks what the configuration's keys would be and returns the function that puts them in the
   * place of the ones there are. Keys that did not change keep their principal. Throws Failure
   * `invalid_value` that names the key at fault.
   */
  prepare(keys: readonly ConfiguredKey[]): () => void {
    const records = configuredRecords(keys, this.#pepper);
    return () => this.#replaceConfigured(records);
  }

  /** Would a request with this key be let in now? */
  isHeld(keyId: string): boolean {
    const holder = this.#holder(keyId);
    return holder !== undefined && this.#isAlive(holder);
  }

  /** Of which pages some key is. */
  get origins(): KnownOrigins {
    return this.#limits.origins;
  }

  /** Are there tokens that `introduce` is for? */
  get hasIssuers(): boolean {
    return this.#jwts.issuers.length > 0;
  }

  /** Throws Failure `forbidden` where a key that was proven before is not good from here. */
  checkSender(owner: Pick<Principal, "keyId" | "tenant">, sender: Sender): void {
    this.#limits.check(owner, sender);
    this.uses.touch(owner.keyId);
  }

  #isAlive({ record, principal }: Holder): boolean {
    const { revokedMs, limits } = record;
    return revokedMs === null && this.#isGood(untilOf(limits)) && this.isServed(principal);
  }

  find(keyId: string): KeyRecord | undefined {
    return this.#holder(keyId)?.record;
  }

  /**
   * Who a request with this key would come from, for those who do not have the key. Throws Failure
   * `not_found`, or `invalid_credential` where the request would be refused.
   */
  named(keyId: string): Principal {
    const holder = this.#holder(keyId);
    if (holder === undefined) {
      throw new Failure<Code>("not_found", `Cannot find key ${keyId}: there is none`);
    }
    if (!this.#isAlive(holder)) throw refused(unknown);
    return holder.principal;
  }

  /** Every key, revoked ones too: configured first, then stored in the order they were made. */
  records(): KeyRecord[] {
    return [...this.#configured.values(), ...this.#stored.values()].map(({ record }) => record);
  }

  /** For whom the client keys stand that are good now. */
  clients(): Principal[] {
    return [...this.#configured.values(), ...this.#stored.values()]
      .filter((holder) => holder.principal.role === "client" && this.#isAlive(holder))
      .map(({ principal }) => principal);
  }

  #holder(keyId: string): Holder | undefined {
    const stored = this.#stored.get(keyId);
    if (stored !== undefined) return stored;
    for (const holder of this.#configured.values()) {
      if (holder.record.id === keyId) return holder;
    }
    return undefined;
  }

  #replaceConfigured(records: ReadonlyMap<string, KeyRecord>): void {
    const next = new Map<string, Holder>();
    for (const [hmac, record] of records) {
      const before = this.#configured.get(hmac);
      const isSame =
        before?.record.id === record.id && sameGrant(before.record.grant, record.grant);
      this.#limits.set(record.id, record.limits);
      next.set(hmac, { record, principal: isSame ? before.principal : principalOf(record) });
    }
    const ids = new Set([...next.values()].map(({ record }) => record.id));
    for (const [hmac, { record, principal }] of this.#configured) {
      if (!ids.has(record.id)) this.#limits.forget(record.id);
      if (next.get(hmac)?.principal !== principal) this.#verified.forget(record.id);
    }
    this.#configured = next;
  }

  #served(principal: Principal): Principal {
    if (this.isServed(principal)) return principal;
    throw refused(unknown);
  }

  /** Are there requests for this tenant at all? */
  isServed({ tenant }: Pick<Principal, "tenant">): boolean {
    return tenant === operatorTenant || this.#tenants === null || this.#tenants.has(tenant);
  }

  #isGood({ untilMs }: { readonly untilMs: number }): boolean {
    return untilMs === Infinity || this.#clock.wallMs() < untilMs;
  }

  #pairOf({ claim }: SignedRequest): OwnedPair {
    const pair = this.#pairs.find(claim.accessKeyId);
    if (pair !== undefined && this.#isGood(pair)) return pair;
    throw refused(unknown);
  }

  #owner({ keyId }: OwnedPair): Principal {
    const holder = this.#stored.get(keyId);
    if (holder === undefined) throw new Error(`Cannot find key ${keyId}: its pair is there`);
    return this.#served(holder.principal);
  }

  #verify(raw: string): Verified {
    const verified = isToken(raw) ? this.tokens.verify(raw) : this.#verifyKey(raw);
    if (verified === null) throw refused(unknown);
    return verified;
  }

  #verifyKey(raw: string): Verified | null {
    const shape = readKey(raw);
    if (shape.kind === "mistyped") throw refused("a character is wrong, its checksum says");
    const holder = shape.kind === "ours" ? this.#stored.get(shape.keyId) : undefined;
    return holder === undefined ? this.#asConfigured(raw) : this.#asStored(raw, holder);
  }

  #asConfigured(raw: string): Verified | null {
    const { hmac } = this.#pepper.hash(raw);
    const holder = this.#configured.get(Buffer.from(hmac).toString("latin1"));
    return holder === undefined ? null : { principal: holder.principal, untilMs: Infinity };
  }

  #asStored(raw: string, { record, principal }: Holder): Verified | null {
    const until = untilOf(record.limits);
    if (record.revokedMs !== null || !this.#isGood(until)) return null;
    const { secret, previous } = record;
    if (sameBytes(this.#pepper.hash(raw, secret.pepper), secret)) return { principal, ...until };
    if (previous === null || this.#clock.wallMs() >= previous.untilMs) return null;
    const isPrevious = sameBytes(this.#pepper.hash(raw, previous.pepper), previous);
    const untilMs = Math.min(previous.untilMs, until.untilMs);
    return isPrevious ? { principal, untilMs } : null;
  }
}
