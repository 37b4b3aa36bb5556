import { Buffer } from "node:buffer";
import { hash, timingSafeEqual } from "node:crypto";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { SignInFault } from "@sekisho/wire/admin/sign-in-faults.data.ts";
import type { Principal } from "../principal.ts";
import { isObject } from "./issuer-discovery.ts";
import type { JwtIssuer } from "./jwt-issuer.ts";
import type { SignInEndpoints, SignInPlaces } from "./sign-in-endpoints.ts";
import type { SignInSeal } from "./sign-in-seal.ts";
import type { UsedStates } from "./used-states.ts";

/** How long somebody may take to sign in at the issuer. */
export const signInMs = 600_000;

const maxCodeChars = 4_096;
const maxIdTokenChars = 16_384;

/** What the issuer knows this gateway by. */
export interface SignInClient {
  readonly id: string;
  /** Null: it has none, and PKCE alone proves who asks. */
  readonly secret: (() => string) | null;
  readonly scopes: readonly string[];
}

/** What is posted to the issuer, and what it answered: JSON, of 200, 400, 401 or 403. */
export type PostForm = (
  url: string,
  form: { readonly fields: URLSearchParams; readonly authorization: string | null },
) => Promise<unknown>;

export interface IssuerSignInParts {
  readonly clock: Pick<Clock, "wallMs">;
  readonly random: Random;
  /** Proves ID tokens: its audience is the client's id. */
  readonly issuer: Pick<JwtIssuer, "rules" | "verifyIdToken">;
  readonly endpoints: Pick<SignInEndpoints, "current">;
  /** Rejects with a sentence where there was no answer. */
  readonly post: PostForm;
  readonly seal: SignInSeal;
  readonly used: UsedStates;
}

/** What the browser carries to the issuer and back, sealed. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly atMs: number;
}

/** Where the browser goes, and what it carries: sealed, to be found by the state it comes with. */
export interface BegunSignIn {
  readonly url: string;
  readonly state: string;
  readonly sealed: string;
}

const fault = (code: SignInFault, why: string): Failure<SignInFault> =>
  new Failure<SignInFault>(code, `Cannot sign in by the issuer: ${why}`);

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : "unknown");

/**
 * Signs people in by an issuer: authorization code with PKCE, one state and one nonce for each
 * (SEC-20). Nothing is kept of a sign-in that has not come back yet: the browser has it, sealed.
 */
export class IssuerSignIn {
  readonly #client: SignInClient;
  readonly #parts: IssuerSignInParts;

  constructor(client: SignInClient, parts: IssuerSignInParts) {
    this.#client = client;
    this.#parts = parts;
  }

  /** Where to send the browser, and what it is to bring back. Throws Failure `SignInFault`. */
  async begin(redirectUri: string, returnTo: string): Promise<BegunSignIn> {
    const { authorizeUrl } = await this.#places();
    const { clock, seal, random } = this.#parts;
    const token = (): string => random.bytes(32).toString("base64url");
    const [state, nonce, verifier] = [token(), token(), token()];
    const pending = { state, nonce, verifier, redirectUri, returnTo, atMs: clock.wallMs() };
    const url = new URL(authorizeUrl);
    const asked = {
      response_type: "code",
      client_id: this.#client.id,
      redirect_uri: redirectUri,
      scope: this.#client.scopes.join(" "),
      state,
      nonce,
      code_challenge: hash("sha256", verifier, "base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return { url: url.href, state, sealed: seal.close(JSON.stringify(pending satisfies Pending)) };
  }

  /** Who has come back. Throws Failure `SignInFault`, with a reason for the log alone. */
  async finish(
    sealed: string | null,
    query: string,
  ): Promise<{ readonly principal: Principal; readonly returnTo: string }> {
    const answer = new URLSearchParams(query);
    const pending = this.#pendingOf(sealed, answer);
    const places = await this.#places();
    this.#checkIssuer(answer, places);
    const code = codeIn(answer);
    const idToken = await this.#exchange(code, pending, places);
    return { principal: await this.#proven(idToken, pending), returnTo: pending.returnTo };
  }

  async #places(): Promise<SignInPlaces> {
    try {
      return await this.#parts.endpoints.current();
    } catch (error) {
      throw fault("unavailable", `its discovery document was not read: ${wordsOf(error)}`);
    }
  }

  #pendingOf(sealed: string | null, answer: URLSearchParams): Pending {
    const { seal, clock, used } = this.#parts;
    const text = sealed === null ? null : seal.open(sealed);
    if (text === null) throw fault("expired", "the browser brings no sign-in that began here");
    // The seal holds: it is what `begin` has written.
    const pending = JSON.parse(text) as Pending;
    const ageMs = clock.wallMs() - pending.atMs;
    // Also where the clock was set back: used states are forgotten after that time.
    if (Math.abs(ageMs) >= signInMs) {
      throw fault("expired", `it began ${Math.round(ageMs / 1_000)} s ago`);
    }
    if (!isSame(single(answer, "state") ?? "", pending.state)) {
      throw fault("expired", "its state is not the one of this browser");
    }
    if (!used.use(hash("sha256", pending.state, "base64url"))) {
      throw fault("expired", "its state was used before");
    }
    return pending;
  }

  /** A code of another issuer, sent here by it, would be shown to the wrong one (RFC 9207). */
  #checkIssuer(answer: URLSearchParams, { saysIssuer }: SignInPlaces): void {
    const said = single(answer, "iss");
    if (said === null && !saysIssuer && !answer.has("iss")) return;
    if (said !== this.#parts.issuer.rules.issuer) {
      throw fault("unproven", "the code comes of another issuer");
    }
  }

  async #exchange(code: string, pending: Pending, places: SignInPlaces): Promise<string> {
    const { verifier, redirectUri } = pending;
    const { id, secret } = this.#client;
    const fields = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    const inHeader = secret !== null && !places.wantsSecretInBody;
    if (!inHeader) fields.set("client_id", id);
    if (secret !== null && !inHeader) fields.set("client_secret", secret());
    const authorization = inHeader ? basicOf(id, secret()) : null;
    let said: unknown;
    try {
      said = await this.#parts.post(places.tokenUrl, { fields, authorization });
    } catch (error) {
      throw fault("unavailable", `its token endpoint: ${wordsOf(error)}`);
    }
    const { id_token: idToken, error } = isObject(said) ? said : {};
    if (error !== undefined) throw fault("unproven", `it refused the code: ${named(error)}`);
    if (typeof idToken === "string" && idToken.length <= maxIdTokenChars) return idToken;
    throw fault("unproven", `it gave no ID token of at most ${maxIdTokenChars} characters`);
  }

  async #proven(idToken: string, { nonce }: Pending): Promise<Principal> {
    try {
      return await this.#parts.issuer.verifyIdToken(idToken, nonce);
    } catch (error) {
      const code = error instanceof Failure ? error.code : "";
      if (code === "forbidden") throw fault("no_role", wordsOf(error));
      throw fault(code === "issuer_unavailable" ? "unavailable" : "unproven", wordsOf(error));
    }
  }
}

/** What issuers call a fault; nothing else of their answer is repeated. */
const named = (error: unknown): string =>
  typeof error === "string" && /^[\w.-]{1,64}$/.test(error) ? error : "without a name";

function codeIn(answer: URLSearchParams): string {
  const error = single(answer, "error");
  if (error !== null) throw fault("denied", `it says ${named(error)}`);
  const code = single(answer, "code") ?? "";
  if (code.length <= maxCodeChars && /^[\x21-\x7e]+$/.test(code)) return code;
  throw fault("unproven", "it sent no code");
}

/** A parameter that stands there once; null for none and for several. */
function single(answer: URLSearchParams, name: string): string | null {
  const [first, ...more] = answer.getAll(name);
  return first !== undefined && more.length === 0 ? first : null;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Both are form-encoded first, as RFC 6749 has it. */
function basicOf(id: string, secret: string): string {
  const encoded = [id, secret].map((each) => new URLSearchParams({ e: each }).toString().slice(2));
  return `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
}
