import type { Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

/** A region or provider that is taken out of use: no new attempt goes there. */
export interface DrainView {
  readonly name: string;
  /** How many targets of the configuration are there. */
  readonly targets: number;
  /** Attempts that were under way; they run to their end. */
  readonly running: number;
}

/** `GET /admin/drains`, and the answer to every change. */
export interface DrainList {
  readonly drained: readonly DrainView[];
  /** Models all of whose targets are out of use: calls of them are refused. */
  readonly unserved: readonly string[];
}

/** `POST /admin/drains` */
export interface DrainRequest {
  readonly name: string;
}

const anyName = { pattern: /^[\x21-\x7e]{1,64}$/, says: "a region or the name of a provider" };

export function parseDrainRequest(body: unknown): Parsed<DrainRequest, FieldCode> {
  const fields = new Fields(body, ["name"]);
  return fields.done({ name: fields.required("name", anyName) });
}
