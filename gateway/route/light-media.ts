import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { CanonicalRequest, MediaSource, Part } from "@sekisho/wire/canonical/request.ts";

type MediaPart = Extract<Part, { kind: MediaKind }>;

/** A file that every target takes: what a URL holds is only known once it is fetched. */
const standIns: Readonly<Record<MediaKind, MediaSource>> = {
  image: { kind: "base64", mediaType: "image/png", data: "" },
  document: { kind: "base64", mediaType: "application/pdf", data: "" },
};

/**
 * The request with empty files, and with files in place of the URLs that a target takes none of.
 * Writers judge a file by its type: megabytes of it need not be written to hear that.
 */
export function withLightMedia(
  request: CanonicalRequest,
  takesBytes: (kind: MediaKind) => boolean,
): CanonicalRequest {
  const lightSource = ({ kind, source }: MediaPart): MediaSource => {
    if (source.kind === "base64") return { ...source, data: "" };
    return source.kind === "url" && takesBytes(kind) ? standIns[kind] : source;
  };
  const light = (part: Part): Part => {
    if (part.kind === "toolResult") return { ...part, parts: part.parts.map(light) };
    if (part.kind !== "image" && part.kind !== "document") return part;
    return { ...part, source: lightSource(part) };
  };
  const messages = request.messages.map((message) =>
    message.parts.some(holdsMedia) ? { ...message, parts: message.parts.map(light) } : message,
  );
  return { ...request, messages };
}

const holdsMedia = ({ kind }: Part): boolean =>
  kind === "image" || kind === "document" || kind === "toolResult";
