import type { Write } from "@sekisho/lib/storage/writer.ts";
import { authorText } from "../feedback.ts";

/** Takes a user's name and words out of what it has said; the scores stay. */
export const forgetAuthor = (tenant: string, user: string, pseudonym: string): Write => ({
  sql: `UPDATE OR REPLACE feedback SET author = ?1, comment = NULL, labels = '[]'
    WHERE tenant = ?2 AND author = ?3`,
  params: [
    authorText({ kind: "user", name: pseudonym }),
    tenant,
    authorText({ kind: "user", name: user }),
  ],
});

/** The same of what was said of a session's calls, by whomever. */
export const forgetSession = (tenant: string, session: string, pseudonym: string): Write => ({
  sql: `UPDATE feedback SET session = ?1, comment = NULL, labels = '[]'
    WHERE tenant = ?2 AND session = ?3`,
  params: [pseudonym, tenant, session],
});
