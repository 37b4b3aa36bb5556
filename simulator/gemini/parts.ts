import { inputOf, type Block } from "../script/blocks.ts";
import { signThought } from "./thought-signature.ts";

/** The JSON of a part that says all or a piece of a block; `signature` "" where there is none. */
export const partJson = (block: Block, piece: string, signature: string): string => {
  const signed = signature === "" ? {} : { thoughtSignature: signature };
  switch (block.kind) {
    case "text":
      return JSON.stringify({ text: piece, ...signed });
    case "thinking":
      return JSON.stringify({ text: piece, thought: true });
    case "tool": {
      const { id, name } = block.call;
      return JSON.stringify({ functionCall: { id, name, args: inputOf(block.call) }, ...signed });
    }
  }
};

/** What stands under the block behind a thought; "" where no thought was shown. */
export const signatureFor = (blocks: readonly Block[], index: number): string => {
  const before = blocks[index - 1];
  return before?.kind === "thinking" ? signThought(before.pieces.join("")) : "";
};
