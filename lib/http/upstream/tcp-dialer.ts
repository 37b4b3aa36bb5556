import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, getCACertificates } from "node:tls";
import type { Clock } from "../../time/clock.ts";
import type { Dial, Dialer, DialTask } from "../dialer.ts";

/** Connections over TCP, and TLS where the scheme asks for it; closed as soon as they stand. */
export class TcpDialer implements Dialer {
  readonly #clock: Clock;
  readonly #ca: string | null;

  /** `ca`: certificates trusted beside the usual ones, in PEM. */
  constructor(clock: Clock, ca: string | null = null) {
    this.#clock = clock;
    this.#ca = ca;
  }

  dial({ origin, timeoutMs, over }: DialTask): Dial {
    const [socket, ready] = this.#open(new URL(origin));
    let isOver = false;
    const end = (isReachable: boolean | null): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      // A reset that follows is nobody's any more.
      socket.on("error", () => {});
      socket.destroy();
      if (isReachable !== null) over(isReachable);
    };
    const timer = this.#clock.after(timeoutMs, () => end(false));
    socket.once(ready, () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    return { abort: () => end(null) };
  }

  #open(url: URL): [Socket, "connect" | "secureConnect"] {
    const host = url.hostname.replaceAll(/^\[|\]$/g, "");
    const isTls = url.protocol === "https:";
    const port = Number(url.port === "" ? (isTls ? 443 : 80) : url.port);
    if (!isTls) return [connectTcp({ host, port }), "connect"];
    const trusted = this.#ca === null ? {} : { ca: [...getCACertificates("default"), this.#ca] };
    // A name that is an address is no server name.
    const named = isIP(host) === 0 ? { servername: host } : {};
    return [connectTls({ host, port, ...named, ...trusted }), "secureConnect"];
  }
}
