import type { FirstRunFile, FirstRunKeys } from "../first-run.ts";
import { readPrivate, removePrivate, writePrivate } from "./_private-file.ts";

/** `<data>/first-run.json`. An absent field reads as null. */
export class JsonFirstRunFile implements FirstRunFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): FirstRunKeys | null {
    const text = readPrivate(this.#path);
    if (text === null) return null;
    let file: unknown;
    try {
      file = JSON.parse(text);
    } catch {
      // Without the cause: a JSON error quotes the file, and keys stand in it.
      throw new Error(`Cannot read ${this.#path}: it is not valid JSON; correct or remove it`);
    }
    return { demoKey: field(file, "demoKey"), adminKey: field(file, "adminKey") };
  }

  write(keys: FirstRunKeys): void {
    writePrivate(this.#path, `${JSON.stringify(keys, null, 2)}\n`);
  }

  remove(): void {
    removePrivate(this.#path);
  }
}

const field = (file: unknown, name: keyof FirstRunKeys): string | null => {
  if (typeof file !== "object" || file === null) return null;
  const value: unknown = Reflect.get(file, name);
  return typeof value === "string" ? value : null;
};
