import type { StreamOwners } from "./stream-store.ts";

/** The other processes on the data folder: they make streams that this one reads. */
export interface StreamGroup {
  /** Tells its maker that somebody reads it here, until the returned function is called. */
  reading(id: string): () => void;
  /** Null where no process says that it makes it; false where it was over before. */
  cancel(id: string): Promise<boolean | null>;
  /** Takes away what the others have of these owners. Rejects with Failure where one cannot. */
  erase(owners: StreamOwners): Promise<readonly string[]>;
  /** Takes it away where it is kept, and ends it before; false where no process has it. */
  remove(id: string): Promise<boolean>;
}

/** This process is the only one. */
export const noGroup: StreamGroup = {
  reading: () => () => {},
  cancel: () => Promise.resolve(null),
  remove: () => Promise.resolve(false),
  erase: () => Promise.resolve([]),
};
