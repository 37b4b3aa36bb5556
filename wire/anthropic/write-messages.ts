import type { CanonicalRequest, Message } from "../canonical/request.ts";
import { ok, type Parsed } from "../result.ts";
import { BlockWriter, unwritable, type Unwritable } from "./write-blocks.ts";
import type { WrittenBlock } from "./written-block.ts";

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
  readonly #writer: BlockWriter;
  readonly #takesSystem: boolean;
  #role: "user" | "assistant" = "user";
  #blocks: WrittenBlock[] = [];
  #instructions: WrittenBlock[] = [];

  constructor(writer: BlockWriter, takesSystem: boolean) {
    this.#writer = writer;
    this.#takesSystem = takesSystem;
  }

  add({ role, parts }: Message): Unwritable | null {
    const written = this.#writer.write(parts);
    if (!written.ok) return written;
    if (written.value.length === 0) return null;
    const refused = this.#turnTo(role === "assistant" ? "assistant" : "user");
    if (refused !== null) return refused;
    (role === "system" ? this.#instructions : this.#blocks).push(...written.value);
    return null;
  }

  /** An instruction counts from the user's turn on that it stands beside. */
  #turnTo(side: "user" | "assistant"): Unwritable | null {
    const refused = side === this.#role ? null : this.close();
    if (refused === null) this.#role = side;
    return refused;
  }

  /** Nothing more belongs to the turn at hand. */
  close(): Unwritable | null {
    const instructions = this.#instructions;
    if (this.#blocks.length > 0) {
      this.turns.push({ role: this.#role, blocks: resultsFirst(this.#blocks) });
      this.#blocks = [];
    }
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

const resultsFirst = (blocks: readonly WrittenBlock[]): WrittenBlock[] => [
  ...blocks.filter((block) => block.isResult),
  ...blocks.filter((block) => !block.isResult),
];

/** The conversation as this dialect writes it. */
export function writeTurns(
  { dialect, messages }: CanonicalRequest,
  takesSystem: boolean,
): Parsed<Turn[], "unsupported_by_target"> {
  const list = new TurnList(new BlockWriter(dialect), takesSystem);
  for (const [index, message] of messages.entries()) {
    const isLast = index === messages.length - 1;
    const refused = list.add(isLast ? withoutTrailingSpace(message) : message);
    if (refused !== null) return refused;
  }
  const refused = list.close();
  if (refused !== null) return refused;
  if (list.turns.length > 0) return ok(list.turns);
  return unwritable("messages", "nothing is said in it that this dialect has words for");
}

/** An answer that the model is to go on with may not end in white space. */
function withoutTrailingSpace(message: Message): Message {
  const last = message.parts.at(-1);
  if (message.role !== "assistant" || last?.kind !== "text") return message;
  const parts = [...message.parts.slice(0, -1), { ...last, text: last.text.trimEnd() }];
  return { ...message, parts };
}

/** One turn as JSON. */
export const turnJson = ({ role, blocks }: Turn): string =>
  `{"role":"${role}","content":[${blocks.map((block) => block.json).join(",")}]}`;
