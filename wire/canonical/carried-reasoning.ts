import type { Feature } from "./carriage.data.ts";

/** Which reasoning of a conversation a target takes back (WIR-13). */
export interface ReasoningRule {
  /** Does the target sign what it reasons? Then it takes nothing back that is not signed. */
  readonly signs: boolean;
  /** `proof` is a signature, or reasoning that is encrypted. */
  keeps(proof: string): boolean;
  /** Told what is left out, in the words in which the client is told. */
  leftOut(feature: Feature): void;
}

/** How one shape of a conversation is read. */
export interface TurnReader<Message, Block> {
  readonly isAssistant: (message: Message) => boolean;
  /** The user's own turn, and no results of tools: an answer begins behind it. */
  readonly isUsers: (message: Message) => boolean;
  readonly blocksOf: (message: Message) => readonly Block[];
  /** Null where a block is no reasoning, "" where nobody signed it. */
  readonly proofOf: (block: Block) => string | null;
  readonly isCall: (block: Block) => boolean;
}

export interface ReasoningTarget {
  readonly rule: ReasoningRule;
  readonly keepsUnsigned: boolean;
  /** Does the request oblige the model to begin its turn with reasoning? */
  readonly mustThink: boolean;
}

export interface LeftOutReasoning<Block> {
  /** Blocks of reasoning that are not for this target. */
  readonly blocks: ReadonlySet<Block>;
  /**
   * A turn with calls that lost its reasoning cannot be gone on with while reasoning is demanded:
   * it is to be switched off for this call, and the turn has none left.
   */
  readonly stopsThinking: boolean;
}

/** Finds what a target is not sent, and tells the rule of it. */
export function leftOutReasoning<Message, Block>(
  messages: readonly Message[],
  reader: TurnReader<Message, Block>,
  { rule, keepsUnsigned, mustThink }: ReasoningTarget,
): LeftOutReasoning<Block> {
  const { blocksOf, proofOf } = reader;
  const blocks = new Set<Block>();
  const leaveOut = (block: Block, proof: string): void => {
    blocks.add(block);
    rule.leftOut(proof === "" ? "reasoning_plain" : "reasoning_signed");
  };
  for (const message of messages) {
    for (const block of blocksOf(message)) {
      const proof = proofOf(block);
      if (proof === null) continue;
      if (proof === "" ? !keepsUnsigned : !rule.keeps(proof)) leaveOut(block, proof);
    }
  }
  const turn = mustThink && blocks.size > 0 ? openTurn(messages, reader) : [];
  const stopsThinking = turn.some((block) => blocks.has(block)) && turn.some(reader.isCall);
  if (stopsThinking) {
    rule.leftOut("thinking");
    for (const block of turn) {
      const proof = proofOf(block);
      if (proof !== null && !blocks.has(block)) leaveOut(block, proof);
    }
  }
  return { blocks, stopsThinking };
}

/** What the assistant has said since the user spoke: results of tools do not end its turn. */
function openTurn<Message, Block>(
  messages: readonly Message[],
  { isAssistant, isUsers, blocksOf }: TurnReader<Message, Block>,
): Block[] {
  const start = messages.findLastIndex(isUsers) + 1;
  return messages.slice(start).filter(isAssistant).flatMap(blocksOf);
}

/** Where nobody knows who signed what. */
export const keepsAllSigned: ReasoningRule = { signs: true, keeps: () => true, leftOut() {} };
