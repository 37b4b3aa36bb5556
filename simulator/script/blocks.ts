import type { Choice, ToolCall } from "../reply.ts";

/** A piece of an answer in the dialects whose answers are rows of blocks. */
export type Block =
  | { readonly kind: "thinking" | "text"; readonly pieces: readonly string[] }
  | { readonly kind: "tool"; readonly call: ToolCall; readonly pieces: readonly string[] };

/** The blocks of a choice in their order. A text that says nothing is none. */
export const blocksOf = ({ thoughts, pieces, calls }: Choice): Block[] => {
  const blocks: Block[] = [];
  if (thoughts.length > 0) blocks.push({ kind: "thinking", pieces: thoughts });
  if (pieces !== null && pieces.length > 0) blocks.push({ kind: "text", pieces });
  for (const call of calls) blocks.push({ kind: "tool", call, pieces: call.pieces });
  return blocks;
};

/** Arguments as an object; what was cut in the middle is none, and an empty one. */
export const inputOf = (call: ToolCall): unknown => {
  try {
    return JSON.parse(call.pieces.join(""));
  } catch {
    return {};
  }
};
