import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";
import type { KeySecret } from "./access-pair.ts";
import type { KeyRecord } from "./key-record.ts";
import type { HashedSecret, Pepper } from "./pepper.ts";
import type { Verified } from "./verified-cache.ts";

/** What a token is for: somebody whom the holder of a key lets in for a while (SEC-19). */
export interface TokenOrder {
  readonly user: string;
  readonly session: string | null;
  /** Patterns of models and names of surfaces; null: those of the key. */
  readonly models: readonly string[] | null;
  readonly surfaces: readonly string[] | null;
  readonly lifeMs: number;
}

export interface IssuedToken {
  readonly raw: string;
  readonly expiresMs: number;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
}

/** Who asks for a token, and the secret that proved it. */
export interface TokenAsker {
  readonly principal: Principal;
  readonly raw: string;
}

/** A key that may still be there, and what it may do. */
export interface TokenParent {
  readonly record: KeyRecord;
  readonly principal: Principal;
}

interface Payload extends Pick<IssuedToken, "models" | "surfaces" | "expiresMs"> {
  readonly keyId: string;
  /** Which secret of the key asked for the token: it ends with that one. */
  readonly generation: string;
  readonly user: string;
  readonly session: string | null;
}

const prefix = "skt_";

/** Longer ones would not pass with everything else in a head. */
export const maxTokenChars = 4_096;

export const isToken = (raw: string): boolean => raw.startsWith(prefix);

/** Hashed once more, so that nothing that is stored leaves. */
const generationOf = ({ hmac }: Pick<KeySecret, "hmac">): string =>
  createHash("sha256").update(hmac).digest().subarray(0, 9).toString("base64url");

/** A `*` of the narrower pattern can only stand where a `*` of the wider one does. */
const within = (patterns: readonly string[], wider: readonly string[]): string[] =>
  patterns.filter((pattern) => wider.some((each) => matchesWildcard(each, pattern)));

export interface BrowserTokenParts {
  readonly pepper: Pepper;
  readonly clock: Clock;
  readonly parentOf: (keyId: string) => TokenParent | undefined;
}

/**
 * Tokens for browsers: signed with a key that comes of the pepper, and stored nowhere. Each says
 * which key let it in, and can do no more than that key can at the moment when it is used.
 */
export class BrowserTokens {
  readonly #parts: BrowserTokenParts;

  constructor(parts: BrowserTokenParts) {
    this.#parts = parts;
  }

  /** Throws Failure `forbidden` for more than the key may do, or where its holder may not ask. */
  issue({ principal: parent, raw: shown }: TokenAsker, order: TokenOrder): IssuedToken {
    const found = this.#parts.parentOf(parent.keyId);
    if (parent.bound !== undefined || parent.role !== "client" || found === undefined) {
      throw new Failure<Code>("forbidden", "Cannot make a token: only a client's key makes them");
    }
    const models = order.models ?? parent.models;
    const surfaces = order.surfaces ?? parent.surfaces;
    checkWithin("models", models, parent.models);
    checkWithin("surfaces", surfaces, parent.surfaces);
    const { secret, untilMs } = this.#askedBy(shown, found.record);
    const expiresMs = Math.min(this.#parts.clock.wallMs() + order.lifeMs, untilMs);
    const payload: Payload = {
      keyId: parent.keyId,
      generation: generationOf(secret),
      user: order.user,
      session: order.session,
      models,
      surfaces,
      expiresMs,
    };
    const text = Buffer.from(JSON.stringify(payload)).toString("base64url");
    const sealed = this.#seal(text, this.#parts.pepper.current).toString("base64url");
    const raw = `${prefix}${text}.${sealed}`;
    if (raw.length <= maxTokenChars) return { raw, expiresMs, models, surfaces };
    const size = `${raw.length} characters, limit ${maxTokenChars}`;
    throw new Failure<Code>("invalid_value", `Cannot make a token: ${size}; name fewer models`);
  }

  /** Whose token it is; null for one that is not good, or no longer. */
  verify(raw: string): Verified | null {
    const payload = this.#read(raw);
    if (payload === null || this.#parts.clock.wallMs() >= payload.expiresMs) return null;
    const parent = this.#parts.parentOf(payload.keyId);
    if (parent === undefined || parent.record.revokedMs !== null) return null;
    const secretUntilMs = this.#untilOf(payload.generation, parent.record);
    const expiresMs = parent.record.limits.expiresMs ?? Infinity;
    const untilMs = Math.min(payload.expiresMs, secretUntilMs, expiresMs);
    const models = within(payload.models, parent.principal.models);
    const surfaces = within(payload.surfaces, parent.principal.surfaces);
    if (this.#parts.clock.wallMs() >= untilMs || models.length * surfaces.length === 0) return null;
    const { user, session } = payload;
    const bound = Object.freeze({ user, session });
    const principal = Object.freeze({ ...parent.principal, models, surfaces, bound });
    return { principal, untilMs };
  }

  /** The secret that was shown, and until when it is good: after a rotation there are two. */
  #askedBy(raw: string, { secret, previous, limits }: KeyRecord) {
    const isPrevious = previous !== null && this.#isSecret(raw, previous);
    const untilMs = Math.min(
      limits.expiresMs ?? Infinity,
      isPrevious ? previous.untilMs : Infinity,
    );
    return { secret: isPrevious ? previous : secret, untilMs };
  }

  #isSecret(raw: string, { hmac, pepper }: HashedSecret): boolean {
    return timingSafeEqual(this.#parts.pepper.hash(raw, pepper).hmac, hmac);
  }

  /** Until when the secret is good that asked for the token. */
  #untilOf(generation: string, { secret, previous }: KeyRecord): number {
    if (generation === generationOf(secret)) return Infinity;
    return previous !== null && generation === generationOf(previous) ? previous.untilMs : 0;
  }

  #read(raw: string): Payload | null {
    const [text = "", sealed = "", more] = raw.slice(prefix.length).split(".");
    // One way to write it: each other one would take a place among the proofs that are kept.
    if (more !== undefined || !/^[\w-]{43}$/.test(sealed)) return null;
    const shown = Buffer.from(sealed, "base64url");
    const { versions } = this.#parts.pepper;
    const isOurs = versions.some((version) => {
      const own = this.#seal(text, version);
      return own.byteLength === shown.byteLength && timingSafeEqual(own, shown);
    });
    // Ours, and of this shape, since the seal holds.
    return isOurs ? (JSON.parse(Buffer.from(text, "base64url").toString()) as Payload) : null;
  }

  #seal(text: string, version: number): Buffer {
    // No credential begins like this: its hash would be the key.
    const { hmac: key } = this.#parts.pepper.hash("\n tokens of browsers", version);
    return createHmac("sha256", key).update(text).digest();
  }
}

function checkWithin(param: string, asked: readonly string[], own: readonly string[]): void {
  const kept = within(asked, own);
  const beyond = asked.find((pattern) => !kept.includes(pattern));
  if (beyond === undefined) return;
  const message = `Cannot make a token for ${param} ${beyond}: the key may use ${own.join(", ")}`;
  throw new Failure<Code>("forbidden", message, { param });
}
