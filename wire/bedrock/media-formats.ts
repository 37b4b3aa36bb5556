/** Formats as Converse names them, by media type. */
const imageFormats = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
} as const;

const documentFormats = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
} as const;

type Formats = Readonly<Record<string, string>>;

const bare = (mediaType: string): string => (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase();

const inverse = (formats: Formats): ReadonlyMap<string, string> =>
  // The first name of a format is the one to use.
  new Map(
    Object.entries(formats)
      .toReversed()
      .map(([mediaType, format]) => [format, mediaType]),
  );

const byType = {
  image: new Map(Object.entries(imageFormats)),
  document: new Map(Object.entries(documentFormats)),
};

const byFormat = { image: inverse(imageFormats), document: inverse(documentFormats) };

export type MediaKind = keyof typeof byType;

/** Null for a media type that Converse has no word for. */
export const formatOf = (kind: MediaKind, mediaType: string): string | null =>
  byType[kind].get(bare(mediaType)) ?? null;

/** A format that is not known here is named after itself. */
export const mediaTypeOf = (kind: MediaKind, format: string): string =>
  byFormat[kind].get(format) ?? `${kind === "image" ? "image" : "application"}/${format}`;
