import { Failure } from "@sekisho/lib/failure/failure.ts";

/** What opens the simulator. */
export interface Credentials {
  /** Null: any key, or none. */
  readonly keys: ReadonlySet<string> | null;
  /** Secrets by access key; null: any well-formed signature. */
  readonly accessKeys: ReadonlyMap<string, string> | null;
  readonly nowMs: number;
}

/** The request whose credential is checked. */
export interface Presented {
  readonly method: string;
  /** As it stood on the wire. */
  readonly url: string;
  readonly region: string;
  readonly body: Buffer;
  /** By its lower-case name. */
  header(name: string): string | null;
  /** In lower case. */
  headerNames(): readonly string[];
}

/** The key behind `Bearer`, or the whole header where that word is missing. */
export const bearerKey = (presented: Presented): string =>
  (presented.header("authorization") ?? "").replace(/^bearer /i, "");

/** Throws `Failure("invalid_key")` unless the key is one of those that were configured. */
export const checkKey = (key: string, { keys }: Credentials, message: string): void => {
  if (keys === null || keys.has(key)) return;
  throw new Failure(key === "" ? "missing_key" : "invalid_key", message);
};
