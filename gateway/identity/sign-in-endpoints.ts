import type { Clock } from "@sekisho/lib/time/clock.ts";
import { readDiscovery, type ReadDocument } from "./issuer-discovery.ts";

/** Where an issuer signs people in, and how it wants to be asked. */
export interface SignInPlaces {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Does it take a client's secret in the body alone? */
  readonly wantsSecretInBody: boolean;
  /** Does it say who it is with every code (RFC 9207)? */
  readonly saysIssuer: boolean;
}

/** After this time the document is read again. */
const refreshMs = 300_000;
/** So long it is good although it cannot be read again. */
const keepMs = 86_400_000;
/** What has failed is not tried again before. */
const failurePauseMs = 5_000;

export interface SignInEndpointParts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly read: ReadDocument;
}

/** What an issuer's discovery document says of sign-ins: read when needed, kept for a while. */
export class SignInEndpoints {
  readonly #issuer: string;
  readonly #parts: SignInEndpointParts;
  #known: { readonly places: SignInPlaces; readonly readMs: number } | null = null;
  #failure: { readonly error: unknown; readonly atMs: number } | null = null;
  #reading: Promise<SignInPlaces> | null = null;

  constructor(issuer: string, parts: SignInEndpointParts) {
    this.#issuer = issuer;
    this.#parts = parts;
  }

  /** Rejects with a sentence where they are not known and cannot be read. */
  async current(): Promise<SignInPlaces> {
    const nowMs = this.#parts.clock.monotonicMs();
    const ageMs = nowMs - (this.#known?.readMs ?? -Infinity);
    if (this.#known !== null && ageMs < refreshMs) return this.#known.places;
    try {
      if (nowMs - (this.#failure?.atMs ?? -Infinity) < failurePauseMs) throw this.#failure?.error;
      return await (this.#reading ??= this.#read().finally(() => (this.#reading = null)));
    } catch (error) {
      if (this.#known !== null && ageMs < keepMs) return this.#known.places;
      throw error;
    }
  }

  async #read(): Promise<SignInPlaces> {
    const { clock, read } = this.#parts;
    try {
      const places = placesIn(await readDiscovery(this.#issuer, read), this.#issuer);
      this.#known = { places, readMs: clock.monotonicMs() };
      this.#failure = null;
      return places;
    } catch (error) {
      this.#failure = { error, atMs: clock.monotonicMs() };
      throw error;
    }
  }
}

/** Throws where one of them is missing, or would go without TLS although the issuer has it. */
export function placesIn(
  document: Readonly<Record<string, unknown>>,
  issuer: string,
): SignInPlaces {
  const place = (name: string): string => {
    const text = document[name];
    const url = typeof text === "string" ? URL.parse(text) : null;
    if (url === null) throw new Error(`its discovery document names no ${name}`);
    const isSafe = url.protocol === "https:" || url.protocol === URL.parse(issuer)?.protocol;
    if (!isSafe || !/^https?:$/.test(url.protocol)) {
      throw new Error(`the ${name} of its discovery document is no https URL`);
    }
    return url.href;
  };
  const methods = document["token_endpoint_auth_methods_supported"];
  const listed: readonly unknown[] = Array.isArray(methods) ? methods : ["client_secret_basic"];
  return {
    authorizeUrl: place("authorization_endpoint"),
    tokenUrl: place("token_endpoint"),
    wantsSecretInBody:
      listed.includes("client_secret_post") && !listed.includes("client_secret_basic"),
    saysIssuer: document["authorization_response_iss_parameter_supported"] === true,
  };
}
