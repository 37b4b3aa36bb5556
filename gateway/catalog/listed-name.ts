import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";

/** `claude-haiku-4-5` and `claude-haiku-4-5-20251001` of Bedrock's `anthropic.claude-…-v1:0`. */
const ofAnthropic = /^claude-[a-z0-9.-]{1,80}$/;
const edition = /-v\d+(?::\d+)?$/;
const day = /-\d{8}$/;

/** What Anthropic itself calls the model that Bedrock has under this name. */
export const ownNameOf = (bedrockName: string): string =>
  bedrockName
    .replace(/^anthropic\./, "")
    .replace(edition, "")
    .replace(day, "");

/**
 * Under which name a table of upstream models has this one: its own, that of the model behind an
 * inference profile or an ARN, that without Bedrock's edition (`…-v1`), or Bedrock's name for one
 * of Anthropic's. Null when it has none.
 */
export function listedName(model: string, table: Readonly<Record<string, unknown>>): string | null {
  if (Object.hasOwn(table, model)) return model;
  const foundation = readBedrockModel(model)?.foundationId ?? null;
  if (foundation !== null) {
    const names = [foundation, foundation.replace(edition, "")];
    return names.find((name) => Object.hasOwn(table, name)) ?? null;
  }
  if (!ofAnthropic.test(model)) return null;
  const wanted = `anthropic.${model}`;
  const names = Object.keys(table);
  return (
    names.find((name) => name.replace(edition, "") === wanted) ??
    names.find((name) => name.replace(edition, "").replace(day, "") === wanted) ??
    null
  );
}
