import type { LiveFrame } from "@sekisho/wire/admin/live.ts";
import { readSession } from "./admin-api.ts";
import { after } from "./clock.ts";

/** What a connection tells its owner. */
export interface LiveListener {
  began(frame: LiveFrame): void;
  went(frame: LiveFrame): void;
  /** The connection is gone; it is tried again. */
  lost(): void;
  /** Whoever was signed in is not any more: nothing is tried again. */
  signedOut(): void;
}

const againMs = 2_000;

/** Browsers give a host six connections in all: a page that nobody looks at gives its own back. */
const hiddenMs = 30_000;

/** Keeps one connection to `/admin/live` while the page is looked at. */
export class LiveConnection {
  readonly #listener: LiveListener;
  #source: EventSource | null = null;
  #cancel = (): void => {};
  readonly #onVisible = (): void => this.#seen();

  constructor(listener: LiveListener) {
    this.#listener = listener;
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#open();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#shut();
  }

  #open(): void {
    this.#shut();
    const source = new EventSource("/admin/live");
    this.#source = source;
    source.addEventListener("snapshot", ({ data }) => this.#listener.began(frameOf(data)));
    source.addEventListener("delta", ({ data }) => this.#listener.went(frameOf(data)));
    source.addEventListener("error", () => void this.#failed());
  }

  /** An event source does not say why: a session that is over looks like a gateway that is. */
  async #failed(): Promise<void> {
    this.#shut();
    this.#listener.lost();
    this.#cancel = after(againMs, () => this.#open());
    const session = await readSession();
    if (session.kind !== "ok" || session.body.by !== null) return;
    this.close();
    this.#listener.signedOut();
  }

  #seen(): void {
    if (document.hidden) {
      this.#cancel();
      this.#cancel = after(hiddenMs, () => this.#shut());
    } else if (this.#source === null) this.#open();
    else this.#cancel();
  }

  #shut(): void {
    this.#cancel();
    this.#source?.close();
    this.#source = null;
  }
}

// The server of this page wrote it, in this shape.
const frameOf = (data: string): LiveFrame => JSON.parse(data) as LiveFrame;
