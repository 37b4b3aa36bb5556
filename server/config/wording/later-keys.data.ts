const mangaAssist = "MangaAssist";
const webhooks = "webhooks and events";

/**
 * Documented keys that are absent from the schema because leaving them out is what turns their
 * feature off. `*` is any name or position; a pattern covers what stands below it.
 */
export const laterKeys: readonly (readonly [pattern: readonly string[], feature: string])[] = [
  [["storage", "postgres"], "storage in PostgreSQL and Redis"],
  [["storage", "redis"], "storage in PostgreSQL and Redis"],
  [["storage", "region"], "storage in the AWS services"],
  [["storage", "tables"], "storage in the AWS services"],
  [["automation"], webhooks],
  [["manga"], mangaAssist],
];
