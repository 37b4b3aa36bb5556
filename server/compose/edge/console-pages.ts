import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page, Pages } from "../../edge/console/pages.ts";

/** Where `npm start` puts what it builds. */
export const builtConsole = join(import.meta.dirname, "../../../console/dist");

/** What the build wrote down of one of its files. */
interface ListedPage {
  readonly path: string;
  readonly type: string;
  readonly tag: string;
  readonly isHashed: boolean;
  readonly isZipped: boolean;
}

/**
 * Every file that `pages.json` lists. Null when nothing is built. Throws when a part of it is
 * missing.
 */
export function readPages(folder: string): Pages | null {
  const list = readOrNull(join(folder, "pages.json"));
  if (list === null) return null;
  // Written by the build of this clone, in this shape.
  const { files } = JSON.parse(list.toString("utf8")) as { readonly files: readonly ListedPage[] };
  const pages = files.map(({ isZipped, ...page }): [string, Page] => {
    const file = join(folder, page.path);
    const gzip = isZipped ? readFileSync(`${file}.gz`) : null;
    return [page.path, { ...page, body: readFileSync(file), gzip }];
  });
  return new Map(pages);
}

function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
