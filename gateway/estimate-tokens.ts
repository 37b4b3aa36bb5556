import type { Part } from "@sekisho/wire/canonical/request.ts";
import type { ClientRequest } from "./request.ts";

/** What a chat template adds to each message. */
const tokensPerMessage = 4;
/** What a picture of a thousand pixels a side comes to, of which models see no more. */
const tokensPerImage = 1_500;

/** About how many tokens a text comes to. */
export const estimateTokens = (text: string): number => Math.ceil(tokenShare(text));

/**
 * What a piece of a text adds to its tokens, by classes of characters: four Latin ones to a token,
 * one token for each kana, kanji or hanzi, one for two of any other script.
 */
export function tokenShare(text: string): number {
  let latin = 0;
  let other = 0;
  let wide = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) latin += 1;
    else if (unit < 0x2e80) other += 1;
    else wide += 1;
  }
  return latin / 4 + other / 2 + wide;
}

/** About how many tokens a prompt comes to, where no provider said. */
export function estimateInputTokens({ read, canonical: build }: ClientRequest): number {
  const canonical = build();
  // What only the source dialect can say is still text: bytes tell about as much.
  if (!canonical.ok) return Math.ceil(read.facts.size.textBytes / 3);
  let tokens = 0;
  for (const part of canonical.value.system) tokens += estimateTokens(textOf(part));
  for (const message of canonical.value.messages) {
    tokens += tokensPerMessage;
    for (const part of message.parts) tokens += estimateTokens(textOf(part));
  }
  const { schemaBytes, images } = read.facts.size;
  return tokens + Math.ceil(schemaBytes / 4) + images * tokensPerImage;
}

function textOf(part: Part): string {
  switch (part.kind) {
    case "text":
    case "reasoning":
    case "refusal":
      return part.text;
    case "toolCall":
      return part.name + part.arguments;
    case "toolResult":
      return part.parts.map(textOf).join("");
    case "image":
    case "document":
    case "cachePoint":
      return "";
  }
}
