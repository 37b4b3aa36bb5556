import { Fields } from "../fields.ts";
import type { PromptReader } from "../prompt-reader.ts";
import type { CacheLife, ToolOffer, ToolUse } from "../question.ts";
import { readSchema, readToolName } from "../request-json.ts";

/** How long a cache point wants everything before it kept; null for a block that is none. */
export const lifeOfPoint = (block: Fields): CacheLife | null => {
  const point = block.object("cachePoint");
  if (point === null) return null;
  const ttl = point.string("ttl") ?? "5m";
  if (point.string("type") !== "default" || (ttl !== "5m" && ttl !== "1h")) {
    const rule = "expected the type 'default' and a ttl of '5m' or '1h'";
    throw block.invalid("cachePoint", `${block.pathOf("cachePoint")}: ${rule}`);
  }
  return ttl;
};

const readTool = (tool: Fields): ToolOffer => {
  const spec = tool.object("toolSpec");
  if (spec === null) throw tool.missing("toolSpec");
  const schema = spec.object("inputSchema");
  if (schema === null) throw spec.missing("inputSchema");
  return {
    name: readToolName(spec),
    description: spec.string("description") ?? "",
    parameters: readSchema(schema, "json") ?? {},
  };
};

/** The tools of a Converse request. */
export const readTools = (config: Fields | null, prompt: PromptReader): ToolOffer[] => {
  const tools: ToolOffer[] = [];
  for (const [n, raw] of (config?.list("tools") ?? []).entries()) {
    const tool = new Fields(raw, `toolConfig.tools.${n}`);
    const life = lifeOfPoint(tool);
    if (life !== null) {
      prompt.keep(life);
      continue;
    }
    const offer = readTool(tool);
    tools.push(offer);
    prompt.tool(offer, raw);
  }
  return tools;
};

export const readToolUse = (config: Fields | null, tools: readonly ToolOffer[]): ToolUse => {
  const choice = config?.object("toolChoice") ?? null;
  if (config === null || choice === null || choice.has("auto")) return { kind: "auto" };
  if (choice.has("any")) return { kind: "required" };
  const name = choice.object("tool")?.string("name") ?? null;
  if (name === null || !tools.some((tool) => tool.name === name)) {
    const text = "toolConfig.toolChoice: expected 'auto', 'any' or a tool of the list";
    throw config.invalid("toolChoice", text);
  }
  return { kind: "named", name };
};
