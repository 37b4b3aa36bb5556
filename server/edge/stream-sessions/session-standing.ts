import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { checkSurface } from "@sekisho/gateway/identity/permission.ts";
import { readerOf, type Principal } from "@sekisho/gateway/principal.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { WebSocketSession } from "@sekisho/lib/http/websocket/websocket-session.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { closeCodes } from "@sekisho/wire/stream/close-codes.data.ts";

/** Who a session is, as it was proven last. */
export interface Standing {
  readonly token: string;
  readonly principal: Principal;
}

/** The session whose standing it is. */
export interface StandingOwner {
  /** A token was taken; `isFirst`: nobody knew before who this is. */
  admitted(isFirst: boolean): void;
  /** The token that counts ends so soon; told once of each. */
  expires(expiresInMs: number): void;
  /** What came while a token was being proven, in its order. */
  text(text: string): void;
  failureOf(error: unknown): Failure<Code>;
}

export interface StandingPorts {
  readonly keyring: Pick<Keyring, "authenticate" | "goodUntilMs" | "introduce">;
  readonly clock: Clock;
}

/** What may come while a token of an issuer is being proven. */
const waitingLimit = 16;
/** How long before its end a token is to be renewed (STR-11). */
const warningMs = 30_000;

/** The token of a session: proven, renewed, and asked about until the session ends. */
export class SessionStanding {
  readonly #session: WebSocketSession;
  readonly #owner: StandingOwner;
  readonly #ports: StandingPorts;
  #standing: Standing | null = null;
  /** Frames that came while a token was being proven; null while none is. */
  #waiting: string[] | null = null;
  /** The token whose end the client has been told of. */
  #warnedOf: string | null = null;

  constructor(session: WebSocketSession, owner: StandingOwner, ports: StandingPorts) {
    this.#session = session;
    this.#owner = owner;
    this.#ports = ports;
  }

  get isKnown(): boolean {
    return this.#standing !== null;
  }

  /** True where a token is being proven: the owner is given the text afterwards. */
  holds(text: string): boolean {
    if (this.#waiting === null) return false;
    if (this.#waiting.length < waitingLimit) this.#waiting.push(text);
    else this.#close("too much came before it was known from whom");
    return true;
  }

  /** Takes a token, the first one or a newer one; closes the session where it is none. */
  prove(token: string): void {
    // The keys of a token's issuer may have to be fetched first (SEC-2).
    const introduced = this.#ports.keyring.introduce(token);
    if (introduced === null) return this.#admit(token);
    const waiting: string[] = [];
    this.#waiting = waiting;
    void introduced.then(() => {
      this.#waiting = null;
      if (!this.#session.isClosed) this.#admit(token);
      if (this.#standing !== null) for (const text of waiting) this.#owner.text(text);
    });
  }

  /**
   * Who the session is now. Null where nobody has said so yet, where the key was revoked or the
   * token has expired since: the session is closed then.
   */
  check(): Standing | null {
    if (this.#standing === null) {
      this.#close("the first frame is to authenticate");
      return null;
    }
    const { token, principal: before } = this.#standing;
    const principal = this.#principalOf(token);
    if (principal === null) return null;
    // One object for as long as nothing changes: 10,000 sessions are looked at every 5 s.
    if (principal !== before) this.#standing = { token, principal };
    return this.#standing;
  }

  /** Tells of the end of the token, once for each, in its last 30 s. */
  warn(): void {
    const { keyring, clock } = this.#ports;
    const token = this.#standing?.token ?? null;
    if (token === null || this.#warnedOf === token) return;
    const expiresInMs = keyring.goodUntilMs(token) - clock.wallMs();
    if (expiresInMs > warningMs) return;
    this.#warnedOf = token;
    this.#owner.expires(expiresInMs);
  }

  #admit(token: string): void {
    const principal = this.#principalOf(token);
    if (principal === null) return;
    const before = this.#standing;
    if (before !== null && readerOf(before.principal) !== readerOf(principal)) {
      return this.#session.close(closeCodes.forbidden, "the session is somebody else's");
    }
    this.#standing = { token, principal };
    this.#session.trust();
    this.#owner.admitted(before === null);
  }

  #principalOf(token: string): Principal | null {
    try {
      const principal = this.#ports.keyring.authenticate(token, this.#session.head);
      checkSurface(principal, "stream");
      return principal;
    } catch (error) {
      const failure = this.#owner.failureOf(error);
      const isForbidden = codes[failure.code].status === 403;
      const code = isForbidden ? closeCodes.forbidden : closeCodes.unauthenticated;
      this.#session.close(code, failure.message);
      return null;
    }
  }

  #close(why: string): void {
    this.#session.close(closeCodes.unauthenticated, why);
  }
}
