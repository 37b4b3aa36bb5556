import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One place of a source file, and what stands there instead. */
export interface Edit {
  /** From the clone's top folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Throws when the place is not there, or there more than once. */
export function edited(source: string, { file, from, to }: Edit): string {
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`Cannot edit ${file}: 1 place needed, ${places} are "${from}"`);
  return source.replace(from, () => to);
}

/** From now on the files are loaded as edited, in this process alone. */
export function loadEdited(root: string, edits: readonly Edit[]): void {
  const own = new Map<string, Edit[]>();
  for (const edit of edits) {
    const url = pathToFileURL(join(root, edit.file)).href;
    own.set(url, [...(own.get(url) ?? []), edit]);
  }
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const changes = own.get(url);
      if (changes === undefined) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: changes.reduce(edited, source) };
    },
  });
}
