import { refuse, type Parsed } from "../result.ts";
import { Fields, type FieldCode, type TextRule } from "./_fields.ts";

/** Body of `POST /admin/erase`: a user or a session of a tenant. */
export interface ErasureOrder {
  readonly tenant: string;
  readonly user: string | null;
  readonly session: string | null;
}

/** What became of it. */
export interface ErasureView {
  /** What stands in the place of the name; nothing leads from it back to the name. */
  readonly pseudonym: string;
  /** Calls whose rows have it now. */
  readonly calls: number;
  /** Sessions that were renamed with the user. */
  readonly sessions: number;
}

const name: TextRule = { pattern: /^[^\0]{1,512}$/s, says: "1 to 512 characters" };

export function parseErasureOrder(body: unknown): Parsed<ErasureOrder, FieldCode> {
  const fields = new Fields(body, ["tenant", "user", "session"]);
  const order = {
    tenant: fields.required("tenant", name),
    user: fields.optional("user", name),
    session: fields.optional("session", name),
  };
  const read = fields.done(order);
  if (!read.ok || (order.user === null) !== (order.session === null)) return read;
  return refuse("invalid_value", "user", "Cannot erase: name either a user or a session");
}
