import type { CanonicalRequest, Tool, ToolChoice } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import type { CachePoints } from "./cache-points.ts";

/** Once calls stand in a conversation, Converse wants to be told of tools, used or not. */
const noTool: Tool = {
  name: "no_tool",
  description: "Stands in a list that may not be empty. Never call it.",
  parameters: null,
  strict: null,
};

const specJson = ({ name, description, parameters, strict }: Tool): string => {
  const json = isObject(parameters) ? { type: "object", ...parameters } : { type: "object" };
  return JSON.stringify({
    toolSpec: {
      name,
      // An empty one is an error.
      ...(description === null || description === "" ? {} : { description }),
      inputSchema: { json },
      ...(strict === null ? {} : { strict }),
    },
  });
};

const hasCalls = ({ messages }: CanonicalRequest): boolean =>
  messages.some(({ parts }) =>
    parts.some(({ kind }) => kind === "toolCall" || kind === "toolResult"),
  );

function choiceJson(choice: ToolChoice | null): string {
  switch (choice?.kind) {
    case "auto":
      return ',"toolChoice":{"auto":{}}';
    case "required":
      return ',"toolChoice":{"any":{}}';
    case "tool":
      return `,"toolChoice":{"tool":${JSON.stringify({ name: choice.name })}}`;
    case "none":
    case undefined:
      return "";
  }
}

/**
 * `toolConfig` as JSON, "" when there is none. Converse has no word for "no tool this time": the
 * model is told of none.
 */
export function toolConfigJson(request: CanonicalRequest, cachePoints: CachePoints): string {
  const { tools, toolChoice } = request;
  const isForbidden = toolChoice?.kind === "none";
  if (tools.length === 0 || isForbidden) {
    return hasCalls(request) ? `{"tools":[${specJson(noTool)}]}` : "";
  }
  const written: string[] = [];
  for (const tool of tools) {
    written.push(specJson(tool));
    if (tool.cachePoint === undefined) continue;
    const mark = cachePoints.json({ kind: "cachePoint", ttl: tool.cachePoint }, "tools");
    if (mark !== null) written.push(mark);
  }
  return `{"tools":[${written.join(",")}]${choiceJson(toolChoice)}}`;
}

/**
 * Claude's switch against several calls at once, as its own field beside Converse's: whole where
 * Converse says nothing of a choice, else what it leaves out.
 */
export function claudeToolChoice(request: CanonicalRequest): object | null {
  const { tools, toolChoice, parallelTools } = request;
  if (parallelTools !== false || tools.length === 0 || toolChoice?.kind === "none") return null;
  return toolChoice === null
    ? { type: "auto", disable_parallel_tool_use: true }
    : { disable_parallel_tool_use: true };
}
