import { inspect } from "node:util";
import type { TestEvent } from "node:test/reporters";

import type { Report } from "./report.ts";

const maxErrorChars = 6_000;

const errorText = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  const ours = text
    .split("\n")
    .filter((line) => !line.includes("(node:internal/") && !line.includes("at node:internal/"))
    .join("\n");
  return ours.length > maxErrorChars ? `${ours.slice(0, maxErrorChars)} …` : ours;
};

/** A block, or a test with subtests, that fails only because of what it holds: told already. */
const failsByContent = (error: Error): boolean =>
  "failureType" in error && error.failureType === "subtestsFailed";

const toReport = (event: TestEvent, outer: readonly string[]): Report | null => {
  if (event.type === "test:dequeue") return { kind: "started", name: event.data.name };
  if (event.type === "test:summary") {
    const { tests, passed, skipped, todo } = event.data.counts;
    const failed = tests - passed - skipped - todo;
    return { kind: "summary", counts: { passed, failed, skipped: skipped + todo } };
  }
  if (event.type !== "test:pass" && event.type !== "test:fail") return null;
  const { data } = event;
  const name = [...outer.slice(0, data.nesting), data.name].join(" › ");
  if (data.skip !== undefined || data.todo !== undefined) {
    return { kind: "skipped", name, reason: String(data.skip ?? data.todo) };
  }
  if (event.type === "test:pass" || failsByContent(event.data.details.error)) return null;
  const place = `${data.file ?? "?"}:${data.line ?? "?"}`;
  return { kind: "failed", failure: { name, place, error: errorText(event.data.details.error) } };
};

/** Sends what happens in a test process to the runner that started it. */
// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter as default export
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of source) {
    if (event.type === "test:start") names[event.data.nesting] = event.data.name;
    const report = toReport(event, names);
    if (report !== null) process.send?.(report);
    // Of what no test is to blame for, node:test itself says no more than this.
    if (event.type === "test:diagnostic" && event.data.message.startsWith("Error: ")) {
      yield `${event.data.message}\n`;
    }
  }
  yield "";
}
