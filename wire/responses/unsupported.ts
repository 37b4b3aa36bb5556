import { isNeutral } from "../canonical/request-features.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { refuse, type Refusal } from "../result.ts";

type Unsupported = Refusal<"unsupported_by_target">;

const unsupported = (path: string, reason: string): Unsupported =>
  refuse("unsupported_by_target", path, `Cannot serve the response: "${path}" ${reason}`);

/** What is kept is read where `POST /v1/responses` is served, which says what is not there. */
const alone = "which POST /v1/responses alone goes on from; send the earlier items in input";

/** Members that ask for what nobody here does, and why not. */
const refusedMembers: ReadonlyMap<string, string> = new Map([
  ["background", "asks for an answer that is fetched later, which POST /v1/responses alone makes"],
  ["previous_response_id", `names an earlier answer, ${alone}`],
  ["conversation", "names a conversation that OpenAI keeps; send previous_response_id"],
  ["prompt", "names a prompt that OpenAI keeps"],
  ["top_logprobs", "asks for log probabilities, which /v1/chat/completions alone serves"],
]);

/** Members that have a place in the canonical shape or ask for nothing that is not done anyway. */
const readMembers: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "stream",
  "stream_options",
  "max_output_tokens",
  // A limit for tools that the provider runs: there are none.
  "max_tool_calls",
  "temperature",
  "top_p",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "metadata",
  "user",
  "safety_identifier",
  "truncation",
  "include",
  "store",
  "context_management",
]);

/** Members that chats have too, under the same name and with the same meaning. */
export const sharedMembers = [
  "service_tier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_options",
] as const;

const shared: ReadonlySet<string> = new Set(sharedMembers);

/** Tools that a client cannot answer for. Named here: a type that is none is a client's text. */
const builtInTools: ReadonlySet<string> = new Set([
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
  "file_search",
  "computer",
  "computer_use_preview",
  "code_interpreter",
  "mcp",
  "image_generation",
  "local_shell",
  "shell",
  "apply_patch",
  "custom",
  "namespace",
  "tool_search",
  "programmatic_tool_calling",
]);

const typeOf = (value: unknown): string => {
  const type = isObject(value) ? value["type"] : null;
  return typeof type === "string" ? type : "";
};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What came out of such tools. */
const builtInItems: ReadonlySet<string> = new Set([
  "web_search_call",
  "file_search_call",
  "computer_call",
  "computer_call_output",
  "code_interpreter_call",
  "image_generation_call",
  "local_shell_call",
  "local_shell_call_output",
  "shell_call",
  "shell_call_output",
  "apply_patch_call",
  "apply_patch_call_output",
  "mcp_call",
  "mcp_list_tools",
  "mcp_approval_request",
  "mcp_approval_response",
  "custom_tool_call",
  "custom_tool_call_output",
  "tool_search_call",
  "tool_search_output",
  "program",
  "program_output",
]);

/** Items that stand for others, and those that steer the call. */
const refusedItems: ReadonlyMap<string, string> = new Map([
  [
    "item_reference",
    "refers to an item of an earlier answer, which POST /v1/responses alone finds; send the item " +
      "itself (AI SDK: providerOptions.openai.store = false)",
  ],
  ["configuration_update", "changes the settings in mid-conversation"],
  ["additional_tools", "adds tools in mid-conversation"],
  ["compaction", "is a summary that OpenAI alone can read"],
  ["compaction_trigger", "asks for a summary that OpenAI alone can read"],
]);

function findTool({ tools, tool_choice: choice }: JsonObject): Unsupported | null {
  const index = list(tools).findIndex((tool) => builtInTools.has(typeOf(tool)));
  if (index !== -1) {
    const type = typeOf(list(tools)[index]);
    return unsupported(`tools.[${index}]`, `is "${type}", a tool that no target carries`);
  }
  const chosen = typeOf(choice);
  if (!builtInTools.has(chosen)) return null;
  return unsupported("tool_choice", `is "${chosen}", a tool that no target carries`);
}

function findItem({ input }: JsonObject): Unsupported | null {
  for (const [index, item] of list(input).entries()) {
    const type = typeOf(item);
    const reason = builtInItems.has(type)
      ? "belongs to a tool that no target carries"
      : refusedItems.get(type);
    if (reason !== undefined) return unsupported(`input.[${index}]`, reason);
  }
  return null;
}

/** What of a request can be carried to no target, whatever that speaks. */
export function findUnsupported(body: JsonObject): Unsupported | null {
  for (const key in body) {
    const value = body[key];
    if (readMembers.has(key) || shared.has(key)) continue;
    if (isNeutral(key, value) || (key === "top_logprobs" && value === 0)) continue;
    const reason = refusedMembers.get(key) ?? "is no member that this gateway knows";
    return unsupported(refusedMembers.has(key) ? key : key.slice(0, 64), reason);
  }
  if (list(body["include"]).includes("message.output_text.logprobs")) {
    return unsupported("include", "asks for log probabilities, which chat completions alone have");
  }
  return findTool(body) ?? findItem(body);
}
