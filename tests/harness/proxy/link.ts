import { connect, type Socket } from "node:net";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Lane } from "./lane.ts";
import type { LinkFault } from "./link-fault.ts";

export interface LinkPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where the server listens, on 127.0.0.1. */
  readonly port: number;
  /** Called once, when nothing of the connection is left. */
  readonly closed: (link: Link) => void;
}

/** The server's side, once it is dialled. */
interface Far {
  readonly socket: Socket;
  readonly toServer: Lane;
  readonly toClient: Lane;
}

/** One proxied connection: the client's socket, the one that is dialled for it, two directions. */
export class Link {
  readonly #client: Socket;
  readonly #fault: LinkFault;
  readonly #ports: LinkPorts;
  #far: Far | null = null;

  constructor(client: Socket, fault: LinkFault, ports: LinkPorts) {
    this.#client = client;
    this.#fault = fault;
    this.#ports = ports;
    this.#watch(client);
    this.#accept();
  }

  get isHeld(): boolean {
    return this.#fault.accept === "hold" && this.#far === null;
  }

  /** A held connection goes on as if it had just come in. */
  release(): void {
    if (this.isHeld) this.#forward();
  }

  /** RST to both sides. */
  reset(): void {
    this.#closeLanes();
    this.#client.resetAndDestroy();
    this.#far?.socket.resetAndDestroy();
  }

  /** FIN to both sides, behind what was written already. */
  end(): void {
    this.#closeLanes();
    this.#client.end();
    this.#far?.socket.end();
    this.#client.resume();
    this.#far?.socket.resume();
  }

  destroy(): void {
    this.#closeLanes();
    this.#client.destroy();
    this.#far?.socket.destroy();
  }

  #accept(): void {
    switch (this.#fault.accept ?? "forward") {
      case "forward":
        return this.#forward();
      case "reset":
        return this.reset();
      case "end":
        return this.end();
      case "ignore":
        this.#client.resume();
        this.#client.once("end", () => this.destroy());
        return;
      case "hold":
        this.#client.pause();
    }
  }

  #forward(): void {
    const { clock, random, port } = this.#ports;
    const socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
    this.#watch(socket);
    const { toServer = {}, toClient = {} } = this.#fault;
    const lanePorts = {
      clock,
      random,
      reset: () => this.reset(),
      over: () => this.#settle(),
    };
    this.#far = {
      socket,
      toServer: new Lane(this.#client, socket, toServer, lanePorts),
      toClient: new Lane(socket, this.#client, toClient, lanePorts),
    };
    this.#client.resume();
  }

  /** A reset is what many tests are about; `close` tells of it. */
  #watch(socket: Socket): void {
    socket.on("error", () => {});
    socket.once("end", () => this.#settle());
    socket.once("close", (hadError) => {
      if (hadError) this.reset();
      this.#settle();
    });
  }

  /**
   * Once one side is gone, the other is of no use when it has said its last word and is told no
   * more. What is still on its way to it arrives first.
   */
  #settle(): void {
    if (this.#far === null) {
      if (this.#client.closed) this.#ports.closed(this);
      return;
    }
    const { socket: server, toServer, toClient } = this.#far;
    // The server will never hear that its client has left, and would wait for it.
    if (this.#client.readableEnded && toServer.isSilent) this.destroy();
    if (server.closed && this.#client.readableEnded && toClient.isOver) this.#client.destroySoon();
    if (this.#client.closed && server.readableEnded && toServer.isOver) server.destroySoon();
    if (!server.closed || !this.#client.closed) return;
    this.#closeLanes();
    this.#ports.closed(this);
  }

  #closeLanes(): void {
    this.#far?.toServer.close();
    this.#far?.toClient.close();
  }
}
