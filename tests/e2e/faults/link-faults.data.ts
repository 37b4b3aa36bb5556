import type { FaultName } from "@sekisho/simulator/faults.data.ts";
import type { LinkFault } from "../../harness/proxy/link-fault.ts";

/**
 * What a connection to a provider meets on its way, and what ails the provider beside it. There are
 * no rows for GOAWAY and RST_STREAM: providers are asked over HTTP/1.1 alone.
 */
export interface LinkFaultRow {
  readonly link: LinkFault;
  readonly fault?: FaultName;
  /** The answer is long: its whole form too has bytes behind those after which it is stopped. */
  readonly isLong?: true;
}

/** Long enough for what was passed on to be read before the reset overtakes it. */
const settled = { afterMs: 30 };

/** In every dialect a stream's first token has come by then, and a long answer goes on. */
const inBody = 2_500;
const inHead = 40;

export const linkFaults = {
  "link-clear": { link: {} },
  "link-latency": { link: { toServer: { latencyMs: 20 }, toClient: { latencyMs: 20 } } },
  "link-jitter": {
    link: { toServer: { jitterMs: 30, sliceBytes: 200 }, toClient: { jitterMs: 30 } },
  },
  "link-slow": { link: { toClient: { bytesPerSecond: 50_000 } } },
  "link-slices": { link: { toServer: { sliceBytes: 40 }, toClient: { sliceBytes: 16 } } },
  "link-slow-upload": { link: { toServer: { bytesPerSecond: 4_000 } } },
  "link-reset-at-once": { link: { accept: "reset" } },
  "link-end-at-once": { link: { accept: "end" } },
  "link-reset-on-request": { link: { toServer: { stop: { afterBytes: 1, by: "reset" } } } },
  "link-reset-in-request": { link: { toServer: { stop: { afterBytes: 250, by: "reset" } } } },
  "link-end-in-request": { link: { toServer: { stop: { afterBytes: 250, by: "end" } } } },
  "link-reset-in-head": {
    link: { toClient: { stop: { afterBytes: inHead, by: "reset", ...settled } } },
  },
  "link-end-in-head": { link: { toClient: { stop: { afterBytes: inHead, by: "end" } } } },
  "link-reset-in-body": {
    link: { toClient: { stop: { afterBytes: inBody, by: "reset", ...settled } } },
    isLong: true,
  },
  "link-end-in-body": {
    link: { toClient: { stop: { afterBytes: inBody, by: "end" } } },
    isLong: true,
  },
  "link-black-hole": { link: { accept: "ignore" } },
  "link-lost-request": { link: { toServer: { stop: { afterBytes: 0, by: "silence" } } } },
  "link-silent-in-head": { link: { toClient: { stop: { afterBytes: inHead, by: "silence" } } } },
  "link-silent-in-body": {
    link: { toClient: { stop: { afterBytes: inBody, by: "silence" } } },
    isLong: true,
  },
  "link-crawl": { link: { toClient: { bytesPerSecond: 100 } } },
  "link-slow-close": { link: { toClient: { endDelayMs: 200 } }, fault: "cut-fin" },
  "link-never-closed": { link: { toClient: { endDelayMs: 60_000 } }, fault: "cut-fin" },
} as const satisfies Readonly<Record<string, LinkFaultRow>>;

export type LinkFaultName = keyof typeof linkFaults;

/**
 * Addresses at which nobody answers: a closed port, a name that does not exist, `https` where plain
 * HTTP is spoken, where the certificate is nobody's, and where no handshake is ever answered.
 */
export const addressFaults = [
  "refused",
  "unknown-host",
  "tls-to-plain",
  "tls-self-signed",
  "tls-silent",
] as const;

export type AddressFault = (typeof addressFaults)[number];
