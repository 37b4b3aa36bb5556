import { isIPv4, isIPv6 } from "node:net";

/** Is `listen.host` reachable from this machine only? */
export function isLoopbackHost(host: string): boolean {
  if (host === "loopback" || host === "localhost") return true;
  if (isIPv4(host)) return host.startsWith("127.");
  return isIPv6(host) && /^(?:0*:)*:?0*1$/.test(host);
}
