import { TrustedProxies } from "@sekisho/lib/http/exchange/trusted-proxies.ts";
import { defaultHttpLimits } from "@sekisho/lib/http/limits.ts";
import { Listener } from "@sekisho/lib/http/listener/listener.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { isLoopbackHost } from "../../config/derived/listen-host.ts";
import type { Config } from "../../config/schema.ts";
import { frontOf, operatorRoutes, publicRoutes, type EdgeParts } from "./edge.ts";

/** Where the process can be reached. */
export interface Addresses {
  readonly api: string;
  readonly admin: string;
}

export interface Listeners extends AsyncDisposable {
  readonly addresses: Addresses;
  readonly ports: Ports;
  /** Accepts nothing more; resolves when every answer under way is with its client. */
  drain(): Promise<unknown>;
}

/** The ports of a listener for clients and of one for operators; of one for both the same. */
export interface Ports {
  readonly api: number;
  readonly admin: number;
}

/** Where a worker listens: beside others, on the ports that the first of them has found. */
export interface SharedPorts {
  readonly ports: Ports | null;
}

const loopback: readonly string[] = ["127.0.0.1", "::1"];

/**
 * Opens the listener for clients, and on loopback or on a port of its own the one for operators.
 * A listener that strangers may reach never carries the admin API (SEC-11).
 */
export async function openListeners(
  parts: EdgeParts,
  listen: Config["listen"],
  { clock, shared }: { readonly clock: Clock; readonly shared: SharedPorts | null },
): Promise<Listeners> {
  await using stack = new AsyncDisposableStack();
  const { trustedProxies: ranges } = listen;
  const trustedProxies = ranges.length === 0 ? null : new TrustedProxies(ranges);
  const isPrivate = isLoopbackHost(listen.host);
  const shares = isPrivate && listen.adminPort === null;
  const open = async (hosts: readonly string[], port: number, front: ReturnType<typeof frontOf>) =>
    stack.use(
      await Listener.open({
        hosts,
        port,
        isShared: shared !== null,
        tls: null,
        limits: defaultHttpLimits,
        clock,
        trustedProxies,
        handler: front.handle,
        upgrades: front.upgrade,
        answerRefusal: front.answerRefusal,
      }),
    );
  const clients = publicRoutes(parts);
  const operators = operatorRoutes(parts);
  const hosts = listen.host === "loopback" ? loopback : [listen.host];
  const front = frontOf(
    parts,
    shares ? [...clients, ...operators] : clients,
    shares ? parts : null,
  );
  const api = await open(hosts, shared?.ports?.api ?? listen.port, front);
  // Models are not reached there, in whatever way.
  const { ids, log, model, crossOrigin, introduce } = parts;
  const withoutSessions = { ids, log, model, crossOrigin, introduce };
  const adminPort = shared?.ports?.admin ?? listen.adminPort ?? 0;
  const admin = shares
    ? api
    : await open(loopback, adminPort, frontOf(withoutSessions, operators, parts));
  const resources = stack.move();
  return {
    addresses: { api: urlOf(hosts[0] ?? "", api.port), admin: urlOf("127.0.0.1", admin.port) },
    ports: { api: api.port, admin: admin.port },
    drain: () => Promise.all([api.drain(), admin.drain()]),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
