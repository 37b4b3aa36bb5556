import type { LinkFault } from "../../harness/proxy/link-fault.ts";

/** What becomes of the first connections of a client, and of a client that waits too long. */
export interface OnceCut {
  readonly name: string;
  readonly first: readonly LinkFault[];
  /** The client asks again by itself after this time. */
  readonly timeoutMs?: number;
}

const toServer = (afterBytes: number, by: "reset" | "end"): LinkFault => ({
  toServer: { stop: { afterBytes, by } },
});

const toClient = (afterBytes: number, by: "reset" | "end"): LinkFault => ({
  toClient: { stop: { afterBytes, by } },
});

const dead: LinkFault = { accept: "reset" };

/** Shorter than the answers take, and longer than a request is on its way. */
const impatientMs = 150;

/** Of the request, of the answer, before, behind and in the midst of either. */
export const onceCuts: readonly OnceCut[] = [
  { name: "no connection", first: [dead] },
  { name: "an end in place of a connection", first: [{ accept: "end" }] },
  { name: "twice no connection", first: [dead, dead] },
  { name: "a reset in the head of the request", first: [toServer(40, "reset")] },
  { name: "an end in the body of the request", first: [toServer(420, "end")] },
  { name: "a reset before the first byte of the answer", first: [toClient(1, "reset")] },
  { name: "a reset in the head of the answer", first: [toClient(150, "reset")] },
  { name: "an end in the head of the answer", first: [toClient(150, "end")] },
  { name: "a reset early in the answer", first: [toClient(1_300, "reset")] },
  { name: "an end early in the answer", first: [toClient(1_300, "end")] },
  { name: "a reset in the middle", first: [toClient(2_600, "reset")] },
  { name: "an end in the middle", first: [toClient(2_600, "end")] },
  {
    name: "three cuts, each later",
    first: [toServer(40, "reset"), toClient(1, "reset"), toClient(1_500, "reset")],
  },
  { name: "a time-out while it is answered", first: [], timeoutMs: impatientMs },
  {
    name: "silence in place of the answer",
    first: [{ toClient: { stop: { afterBytes: 1, by: "silence" } } }],
    timeoutMs: impatientMs,
  },
  { name: "nothing", first: [] },
];

/** Cuts as they fall: up to four of them, anywhere. */
export function anyCut(draw: (from: number, to: number) => number): OnceCut {
  const first = Array.from({ length: draw(1, 4) }, (): LinkFault => {
    const by = draw(0, 1) === 0 ? "reset" : "end";
    const kind = draw(0, 3);
    if (kind === 0) return dead;
    return kind === 1 ? toServer(draw(1, 700), by) : toClient(draw(1, 6_000), by);
  });
  return { name: JSON.stringify(first), first };
}
