import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { isObject, readDiscovery, type ReadDocument } from "./issuer-discovery.ts";

export interface IssuerKeyParts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly read: ReadDocument;
  /** Reports that keys could not be read; those from before go on for a while. */
  readonly failed: (issuer: string, why: string) => void;
}

/** After this time keys are read again, beside the work that goes on with the old ones. */
export const refreshMs = 300_000;
/** So long after they were read last, keys are good although their issuer does not answer. */
export const keepMs = 86_400_000;
/** A name of a key that nobody knows has the keys read again, but not more often. */
export const unknownKeyPauseMs = 30_000;
/** What has failed is not tried again before. */
export const failurePauseMs = 5_000;

const maxKeys = 100;

interface KeySet {
  readonly find: JWTVerifyGetKey;
  readonly readMs: number;
}

/** The public keys of an issuer (SEC-2): read when first needed, kept, and read again. */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #jwksUrl: string | null;
  readonly #parts: IssuerKeyParts;
  #keys: KeySet | null = null;
  #reading: Promise<KeySet> | null = null;
  #askedMs = -Infinity;
  #failure: { readonly why: string; readonly atMs: number } | null = null;

  /** `jwksUrl` null: the issuer's own discovery document names it. */
  constructor(issuer: string, jwksUrl: string | null, parts: IssuerKeyParts) {
    this.#issuer = issuer;
    this.#jwksUrl = jwksUrl;
    this.#parts = parts;
  }

  /** Throws Failure `issuer_unavailable` where there are none that are good yet or still. */
  async current(): Promise<JWTVerifyGetKey> {
    const ageMs = this.#now() - (this.#keys?.readMs ?? -Infinity);
    if (this.#keys === null || ageMs >= keepMs) return (await this.#reread()).find;
    // Whoever asks is not to wait for it, and its failure is reported where it happens.
    if (ageMs >= refreshMs && !this.#isPausing()) void this.#reread().catch(() => {});
    return this.#keys.find;
  }

  /** Newer keys than those that do not know a name; null where it is too soon to ask again. */
  async newer(): Promise<JWTVerifyGetKey | null> {
    if (this.#reading === null) {
      if (this.#now() - this.#askedMs < unknownKeyPauseMs) return null;
      this.#askedMs = this.#now();
    }
    return (await this.#reread()).find;
  }

  #now(): number {
    return this.#parts.clock.monotonicMs();
  }

  #isPausing(): boolean {
    return this.#failure !== null && this.#now() - this.#failure.atMs < failurePauseMs;
  }

  /** One at a time, whoever asks. */
  #reread(): Promise<KeySet> {
    if (this.#reading !== null) return this.#reading;
    if (this.#isPausing()) return Promise.reject(this.#unavailable());
    this.#reading = this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #read(): Promise<KeySet> {
    try {
      const keys = keySetOf(await this.#parts.read(await this.#url()));
      this.#failure = null;
      return (this.#keys = { find: createLocalJWKSet(keys), readMs: this.#now() });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#failure = { why, atMs: this.#now() };
      this.#parts.failed(this.#issuer, why);
      throw this.#unavailable();
    }
  }

  #unavailable(): Failure<Code> {
    const why = this.#failure?.why ?? "nothing was read yet";
    return new Failure<Code>("issuer_unavailable", `Cannot read the keys of the issuer: ${why}`);
  }

  async #url(): Promise<string> {
    if (this.#jwksUrl !== null) return this.#jwksUrl;
    const { jwks_uri: url } = await readDiscovery(this.#issuer, this.#parts.read);
    if (typeof url !== "string") throw new Error("its discovery document names no jwks_uri");
    return url;
  }
}

/** Public keys to verify with, and nothing else of what stands there. */
function keySetOf(document: unknown): JSONWebKeySet {
  const listed = isObject(document) ? document["keys"] : null;
  if (!Array.isArray(listed)) throw new Error("its answer is no set of keys");
  const keys = listed.filter(isVerifying).slice(0, maxKeys);
  if (keys.length === 0) throw new Error("its answer has no public key to verify with");
  return { keys };
}

const publicTypes: readonly unknown[] = ["RSA", "EC", "OKP"];

const isVerifying = (key: unknown): key is JSONWebKeySet["keys"][number] =>
  isObject(key) &&
  publicTypes.includes(key["kty"]) &&
  (key["use"] === undefined || key["use"] === "sig");
