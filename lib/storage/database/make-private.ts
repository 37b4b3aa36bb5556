import { closeSync, openSync } from "node:fs";

/**
 * Makes an empty file for its owner alone, where there is none. What people were answered and who
 * they are is nobody else's to read, nor a lock anybody else's to hold, whatever folder it is in:
 * SQLite gives its logs the mode of their file. One that is there is not opened, since closing it
 * would end this process's locks of it.
 */
export const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It is there, or SQLite says what is wrong.
  }
};
