import { hash, timingSafeEqual } from "node:crypto";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";

/** How long a sign-in is good. */
export const sessionMs = 12 * 3_600_000;

/** Beyond so many the oldest ends. */
const sessionLimit = 1_000;

/** An administrator who signed in. */
export interface AdminSession {
  /** The id of the admin key, or `oidc:<issuer>:<user>`. */
  readonly by: string;
  readonly staff: Staff;
  readonly csrf: string;
  /** Monotonic. */
  readonly expiresMs: number;
}

/** Somebody who has just proven who they are. */
export interface SessionOwner extends Pick<AdminSession, "by" | "staff"> {
  /** Is what they have shown still good? */
  readonly isGood: () => boolean;
  /** Epoch milliseconds until when it is, at most. */
  readonly untilMs: number;
  /** Without a request for so long it ends; absent: it does not end by that. */
  readonly idleMs?: number | null;
}

interface Kept extends AdminSession {
  readonly isGood: () => boolean;
  readonly idleMs: number | null;
  /** Monotonic. */
  usedMs: number;
  /** When the others were told last that it is used. */
  toldMs: number;
}

/** The others hear of a session that is used no more often. */
const toldEveryMs = 10_000;

/** Processes of one host know each other's sessions: a browser's next request may meet another. */
export interface SessionSharing {
  opened(session: SharedSession): void;
  closed(name: string): void;
  used(name: string): void;
}

/** A session as others are told of it: under the hash of its id. */
export interface SharedSession {
  readonly name: string;
  readonly by: string;
  readonly staff: Staff;
  readonly csrf: string;
  readonly forMs: number;
  readonly idleMs: number | null;
}

export interface AdminSessionParts {
  /** Default: this process is alone. */
  readonly sharing?: SessionSharing;
  readonly keyring: Pick<Keyring, "find" | "isHeld" | "isServed">;
  readonly clock: Clock;
  readonly random: Random;
}

const digest = (secret: string): string => hash("sha256", secret, "latin1");

/**
 * Who has signed in, in the memory of this process (SEC-11): a restart signs everybody out, and so
 * does what changes their key. A session is kept under the hash of its id.
 */
export class AdminSessions {
  readonly #parts: AdminSessionParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: AdminSessionParts) {
    this.#parts = parts;
  }

  /** A session for somebody who was just proven. The id is known to nobody else. */
  open({ by, staff, isGood, untilMs, idleMs = null }: SessionOwner): {
    readonly id: string;
    readonly session: AdminSession;
  } {
    const { keyring, clock, random } = this.#parts;
    const id = random.bytes(32).toString("base64url");
    const csrf = random.bytes(32).toString("base64url");
    const lifeMs = Math.min(sessionMs, untilMs - clock.wallMs());
    const record = keyring.find(by);
    // A record is replaced by whatever changes the key: a rotation ends its sessions too.
    const nowMs = clock.monotonicMs();
    const session = {
      by,
      staff,
      csrf,
      idleMs,
      usedMs: nowMs,
      toldMs: nowMs,
      expiresMs: nowMs + lifeMs,
      isGood: () => isGood() && keyring.find(by) === record,
    };
    const name = digest(id);
    this.#kept.set(name, session);
    this.#forget();
    this.#parts.sharing?.opened({ name, by, staff, csrf, forMs: lifeMs, idleMs });
    return { id, session };
  }

  /** Those that are good, for a process that has just begun. */
  shared(): readonly SharedSession[] {
    const nowMs = this.#parts.clock.monotonicMs();
    return [...this.#kept].flatMap(([name, session]) => {
      const { by, staff, csrf, expiresMs, idleMs } = session;
      const forMs = expiresMs - nowMs;
      return this.#isGood(session) ? [{ name, by, staff, csrf, forMs, idleMs }] : [];
    });
  }

  /** Another process has opened it. */
  take({ name, by, staff, csrf, forMs, idleMs }: SharedSession): void {
    const { keyring, clock } = this.#parts;
    const record = keyring.find(by);
    // Whoever an issuer has sent has no key: their token's end is that of the session.
    const isHeld = (): boolean =>
      record === undefined ? isServed(staff, keyring) : keyring.isHeld(by);
    const isGood = (): boolean => isHeld() && keyring.find(by) === record;
    const nowMs = clock.monotonicMs();
    const expiresMs = nowMs + forMs;
    const times = { expiresMs, idleMs, usedMs: nowMs, toldMs: nowMs };
    this.#kept.set(name, { by, staff, csrf, isGood, ...times });
    this.#forget();
  }

  /** Another process was asked with it. */
  usedElsewhere(name: string): void {
    const session = this.#kept.get(name);
    if (session !== undefined) session.usedMs = this.#parts.clock.monotonicMs();
  }

  /** Another process has closed it. */
  drop(name: string): void {
    this.#kept.delete(name);
  }

  /** Null when there is none, it is over, or its key was changed since. To ask is to use it. */
  find(id: string): AdminSession | null {
    const name = digest(id);
    const session = this.#kept.get(name);
    if (session === undefined || !this.#isGood(session)) return null;
    this.#use(name, session);
    return session;
  }

  #use(name: string, session: Kept): void {
    session.usedMs = this.#parts.clock.monotonicMs();
    if (session.idleMs === null || session.usedMs - session.toldMs < toldEveryMs) return;
    session.toldMs = session.usedMs;
    this.#parts.sharing?.used(name);
  }

  close(id: string): void {
    this.drop(digest(id));
    this.#parts.sharing?.closed(digest(id));
  }

  /** Is this the token that the session's own pages send? */
  isToken(session: AdminSession, csrf: string | undefined): boolean {
    if (csrf === undefined) return false;
    const [sent, wanted] = [Buffer.from(csrf), Buffer.from(session.csrf)];
    return sent.length === wanted.length && timingSafeEqual(sent, wanted);
  }

  #isGood({ expiresMs, idleMs, usedMs, isGood }: Kept): boolean {
    const nowMs = this.#parts.clock.monotonicMs();
    return nowMs < expiresMs && (idleMs === null || nowMs - usedMs < idleMs) && isGood();
  }

  /** The first one in the map is the oldest. */
  #forget(): void {
    for (const [name, session] of this.#kept) {
      if (this.#isGood(session) && this.#kept.size <= sessionLimit) return;
      this.#kept.delete(name);
    }
  }
}

const isServed = (
  { tenant }: Staff,
  keyring: { isServed(of: { readonly tenant: string }): boolean },
): boolean => tenant === null || keyring.isServed({ tenant });
