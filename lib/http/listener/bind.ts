import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { Failure } from "../../failure/failure.ts";

export interface Bound {
  /** Those of the hosts asked for that this machine has. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly servers: readonly Server[];
}

/** How often a port that was free on one address may turn out taken on the next. */
const portAttempts = 10;
/** Connections that arrive in a burst wait here for `accept`; the kernel caps it. */
const backlog = 4_096;

/** Where to listen. */
export interface BindPlace {
  readonly hosts: readonly string[];
  readonly port: number;
  /**
   * Other processes listen there too, and the system gives each connection to one of them. Where it
   * cannot, a process of `node:cluster` has its connections from its primary. Default: nobody does.
   */
  readonly isShared?: boolean;
}

/**
 * Makes a server listen on each host, all on the same port; port 0 chooses a free one. A machine
 * without IPv6 goes without `::1` when another host could be bound. Throws `listen_failed`.
 */
export const bind = async (place: BindPlace, makeServer: () => Server): Promise<Bound> => {
  const { hosts, port, isShared = false } = place;
  for (let attempt = 1; ; attempt++) {
    const bound: Binding[] = [];
    const failure = await bindAll({ hosts, port, isShared, makeServer }, bound);
    const [first] = bound;
    if (failure === null && first !== undefined) {
      const servers = bound.map(({ server }) => server);
      return { hosts: bound.map(({ host }) => host), port: first.port, servers };
    }
    await Promise.all(bound.map(({ server }) => stopServer(server)));
    const wasUnlucky = port === 0 && failure?.code === "EADDRINUSE";
    if (!wasUnlucky || attempt === portAttempts) throw listenFailed(hosts, port, failure);
  }
};

/** Nobody else has the port on these hosts. Throws `listen_failed`. */
export async function checkFree(place: BindPlace): Promise<void> {
  const { servers } = await bind(place, () => createServer());
  await Promise.all(servers.map(stopServer));
}

interface Binding {
  readonly host: string;
  readonly port: number;
  readonly server: Server;
}

interface Wanted {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly isShared: boolean;
  readonly makeServer: () => Server;
}

const bindAll = async (wanted: Wanted, bound: Binding[]): Promise<NodeJS.ErrnoException | null> => {
  for (const host of wanted.hosts) {
    const server = wanted.makeServer();
    const port = bound[0]?.port ?? wanted.port;
    const at = { host, port, backlog, ipv6Only: wanted.hosts.length > 1 };
    const failure = wanted.isShared ? await listenShared(server, at) : await listen(server, at);
    if (failure === null) bound.push({ host, port: portOf(server), server });
    else if (!isMissingLoopback(host, failure, bound.length > 0)) return failure;
  }
  return null;
};

/**
 * A socket of its own for each process: what waits for one that dies is refused by the system,
 * where a primary would hand connections to it that nobody answers.
 */
const listenShared = async (
  server: Server,
  at: ListenAt,
): Promise<NodeJS.ErrnoException | null> => {
  const failure = await listen(server, { ...at, reusePort: true, exclusive: true });
  // macOS and Windows have no such ports.
  return failure?.code === "ENOTSUP" ? await listen(server, at) : failure;
};

interface ListenAt {
  readonly host: string;
  readonly port: number;
  readonly backlog: number;
  readonly ipv6Only: boolean;
  readonly reusePort?: boolean;
  readonly exclusive?: boolean;
}

const listen = async (server: Server, at: ListenAt): Promise<NodeJS.ErrnoException | null> => {
  try {
    server.listen(at);
    await once(server, "listening");
    // A connection that dies between the kernel and us must not end the process.
    server.on("error", () => {});
    return null;
  } catch (error) {
    // `once` rejects with what the server emitted, and a net.Server emits system errors.
    return error as NodeJS.ErrnoException;
  }
};

const isMissingLoopback = (
  host: string,
  failure: NodeJS.ErrnoException,
  hasOther: boolean,
): boolean =>
  host === "::1" &&
  hasOther &&
  (failure.code === "EADDRNOTAVAIL" || failure.code === "EAFNOSUPPORT");

const portOf = (server: Server): number => {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
};

/** Resolves when the server has neither its port nor a connection left. */
export const stopServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const listenFailed = (
  hosts: readonly string[],
  port: number,
  cause: NodeJS.ErrnoException | null,
): Failure => {
  const reason = cause?.code ?? "no host was given";
  const message = `Cannot listen on port ${port} of ${hosts.join(" and ")}: ${reason}`;
  return new Failure("listen_failed", message, {}, cause);
};
