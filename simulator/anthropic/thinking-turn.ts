import { Fields } from "../fields.ts";

type Kind = "thinking" | "call" | "result" | "other";

/** What the blocks of one dialect are. */
export type KindOf = (block: Fields) => Kind;

const kinds: ReadonlyMap<string | null, Kind> = new Map<string | null, Kind>([
  ["thinking", "thinking"],
  ["redacted_thinking", "thinking"],
  ["tool_use", "call"],
  ["tool_result", "result"],
]);

/** What Claude's maker calls a block. */
export const kindOfBlock: KindOf = (block) => kinds.get(block.string("type")) ?? "other";

const kindsIn = (message: Fields, kindOf: KindOf): Kind[] => {
  const content = message.any("content");
  if (!Array.isArray(content)) return ["other"];
  return content.map((raw: unknown) => kindOf(new Fields(raw, "content")));
};

/**
 * Thinking that is enabled begins a turn of the assistant's, and so does one that is sent back with
 * calls to be gone on with. Throws `Failure` otherwise.
 */
export const checkThinkingTurn = (body: Fields, thinking: Fields | null, kindOf: KindOf): void => {
  if (thinking?.string("type") !== "enabled") return;
  const messages = (body.list("messages") ?? []).map((raw, n) => {
    const message = new Fields(raw, `messages.${n}`);
    return { message, role: message.string("role"), kinds: kindsIn(message, kindOf) };
  });
  const spoken = messages.findLastIndex(
    ({ role, kinds }) => role === "user" && !kinds.includes("result"),
  );
  const turn = messages.slice(spoken + 1).filter(({ role }) => role === "assistant");
  const [first] = turn;
  if (first === undefined || first.kinds[0] === "thinking") return;
  if (!turn.some(({ kinds }) => kinds.includes("call"))) return;
  const text =
    `${first.message.pathOf("content")}.0.type: Expected \`thinking\` or \`redacted_thinking\`. ` +
    "When `thinking` is enabled, a final `assistant` message must start with a thinking block.";
  throw first.message.invalid("content", text);
};
