import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { CanonicalRequest, MediaSource, Part } from "@sekisho/wire/canonical/request.ts";

/** A place in a request where something is given by URL. */
export interface UrlUse {
  readonly kind: MediaKind;
  readonly url: string;
  readonly field: string;
}

/** Everything of these kinds that the request gives by URL, in its order. */
export function urlUses(request: CanonicalRequest, kinds: ReadonlySet<MediaKind>): UrlUse[] {
  const uses: UrlUse[] = [];
  const walk = (parts: readonly Part[], field: string): void => {
    for (const part of parts) {
      if (part.kind === "toolResult") walk(part.parts, field);
      else if (isMedia(part) && kinds.has(part.kind) && part.source.kind === "url") {
        uses.push({ kind: part.kind, url: part.source.url, field });
      }
    }
  };
  for (const [index, { parts }] of request.messages.entries()) walk(parts, `messages.[${index}]`);
  return uses;
}

/** The request with other sources in place of its URLs; null leaves one as it is. */
export function withoutUrls(
  request: CanonicalRequest,
  sourceOf: (kind: MediaKind, url: string) => MediaSource | null,
): CanonicalRequest {
  const inlined = (part: Part): Part => {
    if (part.kind === "toolResult") return { ...part, parts: part.parts.map(inlined) };
    if (!isMedia(part) || part.source.kind !== "url") return part;
    const source = sourceOf(part.kind, part.source.url);
    return source === null ? part : { ...part, source };
  };
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.map(inlined),
  }));
  return { ...request, messages };
}

const isMedia = (part: Part): part is Extract<Part, { kind: MediaKind }> =>
  part.kind === "image" || part.kind === "document";
