import type { Code } from "./canonical/codes.data.ts";

/** Why a parser refused. `path` is the field as the client wrote it, null for the whole. */
export interface Refusal<C extends string = Code> {
  readonly ok: false;
  readonly code: C;
  readonly path: string | null;
  readonly message: string;
}

/** What a parser returns: `wire` never throws. */
export type Parsed<T, C extends string = Code> =
  | { readonly ok: true; readonly value: T }
  | Refusal<C>;

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = <C extends string>(
  code: C,
  path: string | null,
  message: string,
): Refusal<C> => ({ ok: false, code, path, message });
