import type { ChainFaultView, ChainView } from "@sekisho/wire/admin/audit.ts";
import { formatCount } from "./format-figures.ts";
import { printable } from "./table.ts";

/** Of one row, and of several that share a hash or are gone together. */
const faults = {
  changed: ["was changed", "were changed"],
  missing: ["is missing", "are missing"],
  doubled: ["stands twice", "stand twice"],
  reordered: ["stands at another row's place", "stand at other rows' places"],
  added: ["was added past the gateway", "were added past the gateway"],
} as const satisfies Record<ChainFaultView, readonly [one: string, many: string]>;

/** What `sekisho audit verify` says of a chain. */
export function chainLine({ chain, rows, hash, fault }: ChainView): string {
  const good = `${formatCount(rows)} ${rows === 1 ? "row is" : "rows are"} as written`;
  if (fault === null) return printable(`${chain}: ${good}, the last has ${hash}`);
  const isMany = fault.lastSeq !== undefined;
  const before = `before ${isMany ? "them" : "it"} ${good}`;
  return printable(`${chain}: ${whatOf(fault)}${callsOf(fault)}; ${before}`);
}

type Fault = NonNullable<ChainView["fault"]>;

function whatOf({ kind, seq, lastSeq }: Fault): string {
  const [one, many] = faults[kind];
  if (lastSeq === undefined) return `row ${seq} ${one}`;
  // A hash of many does not say which of them it was.
  return `${kind === "changed" ? "one or more of " : ""}rows ${seq} to ${lastSeq} ${many}`;
}

function callsOf({ calls }: Fault): string {
  if (calls === undefined) return "";
  const { firstId, lastId, behindId } = calls;
  if (firstId === null) return behindId === null ? "" : `, behind call ${behindId}`;
  if (lastId === null || lastId === firstId) return `, call ${firstId}`;
  return `, calls ${firstId} to ${lastId}`;
}
