import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

/** The file's text, null when there is no such file. */
export const readPrivate = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
};

/** Replaces the file, whole or not at all, readable by its owner alone. */
export const writePrivate = (path: string, text: string): void => {
  renameSync(writeAside(path, text), path);
  syncFolderOf(path);
};

/** Like `writePrivate`, but false and no change when the file exists: of two processes one wins. */
export const createPrivate = (path: string, text: string): boolean => {
  const aside = writeAside(path, text);
  try {
    linkSync(aside, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    unlinkSync(aside);
  }
  syncFolderOf(path);
  return true;
};

export const removePrivate = (path: string): void => {
  rmSync(path, { force: true });
  syncFolderOf(path);
};

const writeAside = (path: string, text: string): string => {
  const aside = `${path}.${process.pid}.tmp`;
  // A file that a crash left behind keeps its old mode if it is only overwritten.
  rmSync(aside, { force: true });
  const file = openSync(aside, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return aside;
};

/** A new or removed name survives a power cut only when its folder was synced. */
const syncFolderOf = (path: string): void => {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};
