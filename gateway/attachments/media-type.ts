import { isUtf8 } from "node:buffer";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";

interface Magic {
  readonly kind: MediaKind;
  readonly mediaType: string;
  readonly isAt: (bytes: Buffer) => boolean;
}

const startsWith =
  (head: string) =>
  (bytes: Buffer): boolean =>
    bytes.toString("latin1", 0, head.length) === head;

const isWebp = (bytes: Buffer): boolean =>
  startsWith("RIFF")(bytes) && bytes.toString("latin1", 8, 12) === "WEBP";

/** Some writers put a line of their own before the mark; readers look for it in 1,024 bytes. */
const isPdf = (bytes: Buffer): boolean => bytes.subarray(0, 1_024).includes("%PDF-");

const magics: readonly Magic[] = [
  { kind: "image", mediaType: "image/png", isAt: startsWith("\x89PNG\r\n\x1a\n") },
  { kind: "image", mediaType: "image/jpeg", isAt: startsWith("\xff\xd8\xff") },
  { kind: "image", mediaType: "image/gif", isAt: startsWith("GIF87a") },
  { kind: "image", mediaType: "image/gif", isAt: startsWith("GIF89a") },
  { kind: "image", mediaType: "image/webp", isAt: isWebp },
  { kind: "document", mediaType: "application/pdf", isAt: isPdf },
];

/** HTML is not among them: it is what a server shows in place of a document that is not there. */
const textTypes: ReadonlySet<string> = new Set(["text/plain", "text/markdown", "text/csv"]);

const bare = (contentType: string | null): string =>
  (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/**
 * What was fetched, by its first bytes: what its server calls it decides for text alone. Null for
 * what is not of this kind.
 */
export function mediaTypeOf(
  kind: MediaKind,
  bytes: Buffer,
  contentType: string | null,
): string | null {
  const magic = magics.find(({ isAt }) => isAt(bytes));
  if (magic !== undefined) return magic.kind === kind ? magic.mediaType : null;
  const said = bare(contentType);
  const isTextDocument = kind === "document" && textTypes.has(said) && isText(bytes);
  return isTextDocument && bytes.length > 0 ? said : null;
}

/** What would have done, in words. */
export const wantedTypes: Readonly<Record<MediaKind, string>> = {
  image: "a PNG, JPEG, GIF or WebP image",
  document: "a PDF, or text in UTF-8 of the type text/plain, text/markdown or text/csv",
};
