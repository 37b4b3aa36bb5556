import type { CanonicalRequest, Message } from "../canonical/request.ts";
import { ok } from "../result.ts";
import {
  unwritable,
  type BlockWriter,
  type Unwritable,
  type Written,
  type WrittenBlock,
} from "./write-blocks.ts";

/** What one side says until the other does. */
export interface Turn {
  readonly role: "user" | "assistant" | "system";
  readonly blocks: readonly WrittenBlock[];
}

/**
 * Puts messages of any order into turns: user and assistant alternate, and an instruction in
 * mid-conversation stands between a user's turn and the answer to it, where alone it may.
 */
class TurnList {
  readonly turns: Turn[] = [];
  readonly #takesSystem: boolean;
  #role: "user" | "assistant" = "user";
  #blocks: WrittenBlock[] = [];
  #instructions: WrittenBlock[] = [];

  constructor(takesSystem: boolean) {
    this.#takesSystem = takesSystem;
  }

  add(role: Message["role"], blocks: readonly WrittenBlock[]): Unwritable | null {
    // Who says nothing does not take a turn.
    if (blocks.length === 0) return null;
    if (role === "system") {
      this.#instructions.push(...blocks);
      return null;
    }
    const side = role === "assistant" ? "assistant" : "user";
    if (side !== this.#role) {
      const refused = this.close();
      if (refused !== null) return refused;
      this.#role = side;
    }
    this.#blocks.push(...blocks);
    return null;
  }

  /** Nothing more belongs to the turn at hand. */
  close(): Unwritable | null {
    const blocks = resultsFirst(this.#blocks);
    const instructions = this.#instructions;
    if (blocks.length > 0) this.turns.push({ role: this.#role, blocks });
    this.#blocks = [];
    if (instructions.length === 0) return null;
    if (!this.#takesSystem) {
      return unwritable("messages", "this model takes no instruction in mid-conversation");
    }
    if (this.turns.at(-1)?.role !== "user") {
      const what = "an instruction in mid-conversation has no user's turn to stand behind";
      return unwritable("messages", what);
    }
    this.turns.push({ role: "system", blocks: instructions });
    this.#instructions = [];
    return null;
  }
}

/** The answer to a call stands ahead of everything else in a turn. */
function resultsFirst(blocks: readonly WrittenBlock[]): readonly WrittenBlock[] {
  if (!blocks.some(({ kind }) => kind === "toolResult")) return blocks;
  return [
    ...blocks.filter(({ kind }) => kind === "toolResult"),
    ...blocks.filter(({ kind }) => kind !== "toolResult"),
  ];
}

/** The conversation as Converse writes it. */
export function writeTurns(
  { messages }: CanonicalRequest,
  writer: BlockWriter,
  takesSystem: boolean,
): Written<Turn[]> {
  const list = new TurnList(takesSystem);
  for (const [index, message] of messages.entries()) {
    const isLast = index === messages.length - 1;
    const blocks = writer.write(isLast ? partsOfLast(message) : message.parts);
    if (!blocks.ok) return blocks;
    const refused = list.add(message.role, blocks.value);
    if (refused !== null) return refused;
  }
  const refused = list.close();
  if (refused !== null) return refused;
  if (list.turns.length > 0) return ok(list.turns);
  return unwritable("messages", "nothing is said in it that Converse has words for");
}

/** An answer that the model is to go on with may not end in white space. */
function partsOfLast({ role, parts }: Message): Message["parts"] {
  const last = parts.at(-1);
  if (role !== "assistant" || last?.kind !== "text") return parts;
  return [...parts.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

/** One turn as JSON. */
export const turnJson = ({ role, blocks }: Turn): string =>
  `{"role":"${role}","content":[${blocks.map(({ json }) => json).join(",")}]}`;
