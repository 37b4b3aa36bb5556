import { Fields } from "../fields.ts";
import type { PromptReader } from "../prompt-reader.ts";
import type { CacheLife, ToolOffer } from "../question.ts";
import { readSchema, readToolName } from "../request-json.ts";

const mostTools = 1_024;

/** Where what is read goes, and how a cache point is read. */
export interface Reading {
  readonly prompt: PromptReader;
  readonly lifeOf: (marked: Fields) => CacheLife | null;
}

const readTool = (value: unknown, path: string): ToolOffer => {
  const tool = new Fields(value, path);
  const type = tool.string("type") ?? "custom";
  // A tool of the provider's own has a name and no schema.
  if (type === "custom" && tool.object("input_schema") === null) throw tool.missing("input_schema");
  return {
    name: readToolName(tool),
    description: tool.string("description") ?? "",
    parameters: readSchema(tool, "input_schema") ?? {},
  };
};

/** The tools of a message request. */
export const readTools = (body: Fields, { prompt, lifeOf }: Reading): ToolOffer[] => {
  const tools = body.list("tools") ?? [];
  if (tools.length > mostTools) {
    const text = `tools: at most ${mostTools} tools, but got ${tools.length}`;
    throw body.invalid("tools", text);
  }
  return tools.map((value, n) => {
    const path = `tools.${n}`;
    const offer = readTool(value, path);
    prompt.tool(offer, value);
    const life = lifeOf(new Fields(value, path));
    if (life !== null) prompt.keep(life);
    return offer;
  });
};
