import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { CanonicalRequest, MediaSource, Part } from "@sekisho/wire/canonical/request.ts";

/** A file that every target takes: what a URL holds is only known once it is fetched. */
const standIns: Readonly<Record<MediaKind, MediaSource>> = {
  image: { kind: "base64", mediaType: "image/png", data: "" },
  document: { kind: "base64", mediaType: "application/pdf", data: "" },
};

/** The request as it would be with bytes in place of the URLs that a target takes none of. */
export function asIfFetched(
  request: CanonicalRequest,
  takesBytes: (kind: MediaKind) => boolean,
): CanonicalRequest {
  if (!takesBytes("image") && !takesBytes("document")) return request;
  const fetched = (part: Part): Part => {
    if (part.kind === "toolResult") return { ...part, parts: part.parts.map(fetched) };
    if (part.kind !== "image" && part.kind !== "document") return part;
    const isFetched = part.source.kind === "url" && takesBytes(part.kind);
    return isFetched ? { ...part, source: standIns[part.kind] } : part;
  };
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.map(fetched),
  }));
  return { ...request, messages };
}
