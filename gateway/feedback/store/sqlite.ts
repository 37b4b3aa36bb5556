import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { dividedIn } from "../../choice.ts";
import {
  authorText,
  type ArmFeedback,
  type Author,
  type CallFeedback,
  type Feedback,
  type FeedbackStore,
  type RatedCall,
} from "../feedback.ts";

const endedSql = `SELECT id, time_ms, user, session, about ->> '$[0][0]' AS tenant,
  about ->> '$[0][6]' AS choice FROM calls WHERE id = ?`;
const openSql = `SELECT id, about ->> '$[0][0]' AS tenant, about ->> '$[0][3]' AS user,
  about ->> '$[0][4]' AS session, about ->> '$[0][11]' AS choice FROM intents WHERE id = ?`;
const othersSql = "SELECT count(*) AS n FROM feedback WHERE call = ? AND author <> ?";
const putSql = `INSERT OR REPLACE INTO feedback
  (call, author, tenant, session, split, arm, score, labels, comment, at_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const armsSql = `SELECT arm, count(*) AS count, sum(score > 0) AS good, sum(score < 0) AS bad,
    avg(score) AS average
  FROM feedback WHERE split = ? AND at_ms >= ? GROUP BY arm`;
const callsSql = `SELECT call, count(*) AS count, avg(score) AS average FROM feedback
  WHERE call IN (SELECT value FROM json_each(?)) GROUP BY call`;
const dropSql = `DELETE FROM feedback WHERE (call, author) IN
  (SELECT call, author FROM feedback WHERE at_ms < ? ORDER BY at_ms LIMIT ?)`;

/** Feedback in the table of its name; calls are those of the ledger. */
export class SqliteFeedbackStore implements FeedbackStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  call(id: string): RatedCall | null {
    const ended = () => this.#reader.get(endedSql, [id]);
    // It may end between two looks.
    const row = ended() ?? this.#reader.get(openSql, [id]) ?? ended();
    return row === undefined ? null : callOf(row);
  }

  othersThan(author: Author, callId: string): number {
    const row = this.#reader.get(othersSql, [callId, authorText(author)]);
    return Number(row?.["n"] ?? 0);
  }

  put({ call, author, score, labels, comment, atMs }: Feedback): Write {
    const { id, tenant, session, arm } = call;
    const of = [id, authorText(author), tenant, session, arm?.split ?? null, arm?.arm ?? null];
    return { sql: putSql, params: [...of, score, JSON.stringify(labels), comment, atMs] };
  }

  ofArms(split: string, sinceMs: number): readonly ArmFeedback[] {
    return this.#reader.all(armsSql, [split, sinceMs]).map((row) => ({
      arm: String(row["arm"]),
      count: Number(row["count"]),
      good: Number(row["good"]),
      bad: Number(row["bad"]),
      averageScore: Number(row["average"]),
    }));
  }

  ofCalls(ids: readonly string[]): ReadonlyMap<string, CallFeedback> {
    return new Map(
      this.#reader.all(callsSql, [JSON.stringify(ids)]).map((row) => {
        const found = { count: Number(row["count"]), averageScore: Number(row["average"]) };
        return [String(row["call"]), found];
      }),
    );
  }

  dropOlder(beforeMs: number, limit: number): Write {
    return { sql: dropSql, params: [Math.floor(beforeMs), limit] };
  }
}

function callOf(row: Row): RatedCall {
  const text = (name: string): string | null => {
    const value = row[name] ?? null;
    return value === null ? null : String(value);
  };
  const choice = text("choice");
  return {
    id: String(row["id"]),
    tenant: String(row["tenant"]),
    endedMs: row["time_ms"] === undefined ? null : Number(row["time_ms"]),
    user: text("user"),
    session: text("session"),
    arm: choice === null ? null : dividedIn(choice),
  };
}
