import type { ClientRequest } from "../request.ts";

/**
 * In which words and in which form a client reads an answer that its provider's bytes are: those
 * of an answer in another form are of no use to it.
 */
export function formOf(request: ClientRequest): string {
  const { stream, nativeWords = null } = request.read.facts;
  const version = request.surface === "anthropic.messages" ? request.head.apiVersion : null;
  return JSON.stringify([request.surface, stream, nativeWords, version]);
}
