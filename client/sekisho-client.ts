import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";
import { Answer } from "./answer.ts";
import type { Host, Socket } from "./host/host.ts";
import { pageHost } from "./host/page-host.ts";
import { SekishoError } from "./sekisho-error.ts";
import { TokenSource, type Token } from "./token-source.ts";

export interface ClientOptions {
  /** Of the gateway: `https://gateway.example.com`. */
  readonly url: string;
  readonly token: Token;
  /** What surrounds the client; default: the page or the program. */
  readonly host?: Host;
}

/** Whom an answer is for. */
export interface StartFor {
  readonly user?: string;
  readonly session?: string;
  readonly agent?: string;
}

/** A request in the words of `dialect`, and whom it is for. */
export interface StartOptions extends StartFor {
  readonly dialect?: "openai" | "anthropic" | "responses";
  readonly timeoutMs?: number;
  /**
   * A name for the request, 1 to 255 visible ASCII characters: requests of one name are one call.
   * With it a request whose acceptance was lost is sent again, and costs once.
   */
  readonly idempotencyKey?: string;
  /** Cancels the answer. */
  readonly signal?: AbortSignal;
}

/** What a page may show of the connection; `waiting`: until the next attempt. */
export type ConnectionState = "idle" | "connecting" | "open" | "waiting" | "closed";

const subprotocol = "sekisho.v1";
const firstDelayMs = 250;
const longestDelayMs = 8_000;
const tickMs = 1_000;
/** Two pings of 5 s missed, and a second more (STR-9). */
const deadAfterTicks = 11;
/** A ping missed, and a second more: for a page that was not looked at, reason to look. */
const suspectAfterMs = 6_000;

/** Codes after which a new connection would end as this one did (STR-11). */
const final = new Set([4400, 4403, 4409]);
const unauthenticated = 4401;

/** A request that the gateway has not accepted yet. */
interface Asked {
  readonly answer: Answer;
  readonly frame: object & Pick<StartOptions, "idempotencyKey">;
  isSent: boolean;
}

interface Open {
  readonly socket: Socket;
  isReady: boolean;
  heardMs: number;
  /** Of silence. Time that a page sleeps has none: what came meanwhile it is told when it wakes. */
  ticks: number;
}

/**
 * Answers of any model over one connection that comes back by itself: after a cut, an offline
 * while or a sleep each answer goes on where it was. It dials when there is something to ask.
 */
export class SekishoClient {
  readonly #options: ClientOptions;
  readonly #host: Host;
  readonly #tokens: TokenSource;
  readonly #answers = new Map<string, Answer>();
  /** By the names that they have until they are accepted. */
  readonly #asked = new Map<string, Asked>();
  readonly #listeners = new Set<() => void>();
  #connection: Open | null = null;
  #state: ConnectionState = "idle";
  #attempts = 0;
  #names = 0;
  #cancelTimer: () => void = () => {};
  #stopWaking: () => void = () => {};

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#host = options.host ?? pageHost;
    this.#tokens = new TokenSource(options.token, this.#host);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Tells of each change of `state`; the returned function ends it. */
  onStateChange(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** Asks a model. `request` is the body as its dialect has it, without `stream`. */
  start(request: object, { signal, ...options }: StartOptions = {}): Answer {
    const id = `${(this.#names += 1)}`;
    const answer = new Answer(this, null);
    const frame = { type: "start", id, request, ...options };
    this.#asked.set(id, { answer, frame, isSent: false });
    this.#watch(answer, signal);
    return answer;
  }

  /** Reads an answer that was begun before, by its `response`, from its beginning. */
  resume(response: string, { signal }: Pick<StartOptions, "signal"> = {}): Answer {
    const known = this.#answers.get(response);
    if (known !== undefined) return known;
    const answer = new Answer(this, response);
    this.#answers.set(response, answer);
    if (this.#connection?.isReady === true) this.#say(answer._resume());
    this.#watch(answer, signal);
    return answer;
  }

  /** Ends an answer: see `Answer.cancel`. */
  cancel(answer: Answer): void {
    // Said once the gateway has accepted the request, and again where a connection took it along.
    answer._isCancelled = true;
    const { response } = answer;
    if (response !== null && this.#connection?.isReady === true) {
      this.#say({ type: "cancel", response });
    }
    for (const [id, asked] of this.#asked) {
      if (asked.answer !== answer || asked.isSent) continue;
      this.#asked.delete(id);
      answer._fail(new SekishoError("cancelled", "The request was cancelled before it was sent"));
    }
  }

  /** Ends the session; what is not over fails with the code `closed`. */
  close(): void {
    if (this.#state === "closed") return;
    this.#tokens.close();
    this.#giveUp(new SekishoError("closed", "The client was closed"), "closed");
  }

  #watch(answer: Answer, signal: AbortSignal | undefined): void {
    if (this.#state === "closed") {
      return answer._fail(new SekishoError("closed", "The client was closed"));
    }
    if (signal?.aborted === true) this.cancel(answer);
    else signal?.addEventListener("abort", () => answer.cancel(), { once: true });
    if (answer.isOver) return;
    if (this.#connection?.isReady === true) this.#sendAsked();
    else if (this.#state === "idle") void this.#dial();
  }

  #running(): Answer[] {
    const asked = [...this.#asked.values()].map(({ answer }) => answer);
    return [...asked, ...this.#answers.values()].filter((answer) => !answer.isOver);
  }

  async #dial(): Promise<void> {
    this.#cancelTimer();
    this.#stopWaking();
    this.#become("connecting");
    try {
      const proof = await this.#tokens.next();
      if (this.#state !== "connecting") return;
      if (proof === null) this.#retry(0);
      else this.#connect(proof);
    } catch (error) {
      if (this.#state !== "connecting") return;
      const why = error instanceof Error ? error.message : String(error);
      // What is no URL is none the next time either.
      const isOwn = error instanceof SekishoError;
      this.#giveUp(isOwn ? error : new SekishoError("refused", why, { cause: error }), "idle");
    }
  }

  #connect(proof: string): void {
    const target = `${this.#options.url.replace(/^http/, "ws").replace(/\/$/, "")}/v1/stream`;
    const socket = this.#host.dial(target, subprotocol, {
      opened: () => this.#say({ type: "authenticate", token: proof }),
      text: (text) => this.#heard(socket, text),
      closed: (code, reason) => this.#closed(socket, code, reason),
    });
    this.#connection = { socket, isReady: false, heardMs: this.#host.nowMs(), ticks: 0 };
    this.#listen();
    this.#stopWaking = this.#host.onWake(() => this.#suspect());
  }

  /** A connection that says nothing any more is none: it is dialled anew. */
  #listen(): void {
    this.#cancelTimer = this.#host.after(tickMs, () => {
      const open = this.#connection;
      if (open === null) return;
      open.ticks += 1;
      if (open.ticks < deadAfterTicks) this.#listen();
      else this.#drop(0);
    });
  }

  /** Who wakes to a silent connection gives it one tick: time for what came during the sleep. */
  #suspect(): void {
    const open = this.#connection;
    if (open === null || this.#host.nowMs() - open.heardMs < suspectAfterMs) return;
    this.#cancelTimer();
    open.ticks = deadAfterTicks - 1;
    this.#listen();
  }

  #heard(socket: Socket, text: string): void {
    const open = this.#connection;
    if (open?.socket !== socket) return;
    open.heardMs = this.#host.nowMs();
    open.ticks = 0;
    // The gateway's own words.
    const frame = JSON.parse(text) as ServerFrame;
    switch (frame.type) {
      case "ping":
        return this.#say({ type: "pong" });
      case "authenticated":
        return this.#ready(open);
      case "auth_expiring":
        return void this.#renew(socket);
      case "accepted":
      case "done":
      case "error":
      case "event":
      case "fragment":
      case "reset":
        this.#deliver(frame);
    }
  }

  #ready(open: Open): void {
    if (open.isReady) return;
    open.isReady = true;
    this.#attempts = 0;
    this.#tokens.taken();
    this.#become("open");
    for (const answer of this.#answers.values()) this.#say(answer._resume());
    this.#sendAsked();
  }

  #sendAsked(): void {
    for (const asked of this.#asked.values()) {
      if (asked.isSent) continue;
      asked.isSent = true;
      this.#say(asked.frame);
    }
  }

  #deliver(
    frame: Exclude<ServerFrame, { type: "ping" | "authenticated" | "auth_expiring" }>,
  ): void {
    const id = "id" in frame && typeof frame.id === "string" ? frame.id : "";
    const asked = this.#asked.get(id);
    const answer = asked?.answer ?? this.#answers.get(frame.response ?? "");
    if (answer === undefined) return;
    this.#asked.delete(id);
    answer._take(frame);
    if (frame.type === "accepted" && answer._isCancelled) this.cancel(answer);
    if (answer.response === null) return;
    if (answer.isOver) this.#answers.delete(answer.response);
    else this.#answers.set(answer.response, answer);
  }

  async #renew(socket: Socket): Promise<void> {
    if (this.#tokens.isFixed) return;
    try {
      const proof = await this.#tokens.next();
      const isOpen = proof !== null && this.#connection?.socket === socket;
      if (isOpen) this.#say({ type: "authenticate", token: proof });
    } catch {
      // The session ends with the old one, and the next connection asks again.
    }
  }

  #closed(socket: Socket, code: number, reason: string): void {
    if (this.#connection?.socket !== socket) return;
    if (!this.#isFinal(code, this.#connection.isReady)) return this.#drop(retryAfterOf(reason));
    const words = code === unauthenticated ? "unauthenticated" : "refused";
    this.#giveUp(new SekishoError(words, `The session was closed: ${code} ${reason}`), "idle");
  }

  /** Would a new connection end as this one did? */
  #isFinal(code: number, wasReady: boolean): boolean {
    if (code !== unauthenticated) return final.has(code);
    return wasReady ? this.#tokens.isFixed : !this.#tokens.refused();
  }

  /** Whatever runs fails. Who is told may ask again at once: that is a matter of its own. */
  #giveUp(error: SekishoError, state: "idle" | "closed"): void {
    const failed = this.#running();
    this.#asked.clear();
    this.#answers.clear();
    this.#attempts = 0;
    this.#hangUp();
    this.#become(state);
    for (const answer of failed) answer._fail(error);
  }

  /** The connection is gone. What was asked and not accepted may have been answered to nobody. */
  #drop(retryAfterMs: number): void {
    this.#hangUp();
    for (const [id, asked] of this.#asked) {
      if (!asked.isSent) continue;
      // By its name the gateway knows it again.
      asked.isSent = asked.frame.idempotencyKey === undefined;
      if (!asked.isSent) continue;
      this.#asked.delete(id);
      const why = "The connection broke before the gateway accepted the request";
      asked.answer._fail(new SekishoError("connection_lost", why));
    }
    if (this.#running().length > 0) this.#retry(retryAfterMs);
    else this.#become("idle");
  }

  #retry(retryAfterMs: number): void {
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#become("waiting");
    const delayMs = Math.max(retryAfterMs, longest * (0.5 + this.#host.random() / 2));
    const again = (): void => void this.#dial();
    this.#cancelTimer = this.#host.after(delayMs, again);
    this.#stopWaking = this.#host.onWake(again);
  }

  #hangUp(): void {
    const open = this.#connection;
    this.#connection = null;
    this.#cancelTimer();
    this.#stopWaking();
    open?.socket.close(1000);
  }

  #say(frame: object): void {
    this.#connection?.socket.send(JSON.stringify(frame));
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const run of this.#listeners) run();
  }
}

/** As the gateway says it when it stops; 0 where it says nothing. */
function retryAfterOf(reason: string): number {
  const ms = /^\{"retryAfterMs":(\d{1,6})\}$/.exec(reason)?.[1];
  return ms === undefined ? 0 : Number(ms);
}
