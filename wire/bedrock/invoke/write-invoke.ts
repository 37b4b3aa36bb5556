import { Buffer } from "node:buffer";

import { betasOf } from "../../anthropic/claude/betas.ts";
import { messageMembers } from "../../anthropic/write-request.ts";
import type { WrittenRequest } from "../../canonical/codec.ts";
import type { CanonicalRequest, Part } from "../../canonical/request.ts";
import { bodyJson } from "../../framing/body-json.ts";
import { ok } from "../../result.ts";
import { knownBetas } from "./betas.data.ts";
import { claudeOnBedrock } from "./invoke-request.ts";
import { takesNative } from "./takes-native.ts";
import { unwritable, type Unwritable, type Written } from "../write-blocks.ts";

/** Of native bodies Claude's alone are written: the refusal for a model that takes others. */
const refuseUnwritten = (model: string): Unwritable | null =>
  takesNative(model, "claude")
    ? null
    : unwritable("model", "of native bodies Claude's alone are written here, use Converse");

function hasUrl(parts: readonly Part[]): boolean {
  return parts.some((part) => {
    if (part.kind === "toolResult") return hasUrl(part.parts);
    return (part.kind === "image" || part.kind === "document") && part.source.kind === "url";
  });
}

/**
 * The native body of an invocation of Claude: a message request of Anthropic's without the model
 * and without `stream`, which stand in the path.
 */
export function writeInvokeRequest(
  request: CanonicalRequest,
  model: string,
): Written<WrittenRequest> {
  const unwritten = refuseUnwritten(model);
  if (unwritten !== null) return unwritten;
  if (request.messages.some(({ parts }) => hasUrl(parts))) {
    return unwritable("messages", "Claude on Bedrock takes the bytes of a file, not its URL");
  }
  const options = { model, apiVersion: "2023-06-01", words: "invoke" } as const;
  const members = messageMembers(request, options);
  if (!members.ok) return members;
  const { decided, others, dropped } = members.value;
  const asked = betasOf(request);
  // A client of Bedrock's knows what it takes; Anthropic's name what Anthropic takes.
  const isForeign = request.dialect !== "bedrock";
  const betas = isForeign ? asked.filter((name) => knownBetas.has(name)) : asked;
  const lost = betas.length < asked.length ? ["betas"] : [];
  const body = {
    anthropic_version: claudeOnBedrock,
    ...decided,
    anthropic_beta: betas.length === 0 ? null : betas,
    model: null,
    stream: null,
  };
  return ok({ bytes: Buffer.from(bodyJson(body, others)), dropped: [...dropped, ...lost] });
}
