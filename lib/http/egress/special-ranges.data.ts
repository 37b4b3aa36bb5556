/** A range as CIDR, and what it is for. */
export type SpecialRange = readonly [cidr: string, what: string];

/**
 * Addresses that no URL of a stranger may lead to: IANA's registries of special-purpose addresses,
 * and what clouds keep for themselves in ranges that look public.
 */
export const specialRanges4: readonly SpecialRange[] = [
  ["0.0.0.0/8", "this network"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "carriers' address translation; Alibaba's metadata"],
  ["127.0.0.0/8", "loopback"],
  ["168.63.129.16/32", "Azure's host"],
  ["169.254.0.0/16", "link-local; metadata of AWS, Azure and Google"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "protocol assignments; Oracle's metadata"],
  ["192.0.2.0/24", "documentation"],
  ["192.31.196.0/24", "AS112"],
  ["192.52.193.0/24", "multicast tunnels"],
  ["192.88.99.0/24", "relays of 6to4"],
  ["192.168.0.0/16", "private"],
  ["192.175.48.0/24", "AS112"],
  ["198.18.0.0/15", "benchmarks"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved; broadcast"],
];

/** Global unicast is 2000::/3: all around it is special, and some of it. */
export const specialRanges6: readonly SpecialRange[] = [
  ["::/3", "unspecified, loopback, IPv4-mapped, NAT64, discard"],
  ["2001::/23", "protocol assignments: Teredo, benchmarks, ORCHID"],
  ["2001:db8::/32", "documentation"],
  ["2002::/16", "6to4"],
  ["2620:4f:8000::/48", "AS112"],
  ["3fff::/20", "documentation"],
  ["4000::/2", "not assigned; segment routing"],
  ["8000::/1", "not assigned; unique local, link-local, multicast"],
];

/** Ends of names that no public name server answers for. */
export const specialNames: readonly string[] = [
  "alt",
  "arpa",
  "example",
  "internal",
  "invalid",
  "local",
  "localdomain",
  "localhost",
  "onion",
  "test",
];
