import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { ArmRef } from "../split.ts";
import type { IntentRow, RowSubject } from "./ledger.ts";

const subjectColumns = [
  "tenant",
  "team",
  "key",
  "user",
  "session",
  "agent",
  "surface",
  "alias",
  "model",
  "provider",
  "region",
  "choice",
] as const satisfies readonly (keyof StoredSubject)[];

type StoredSubject = Omit<RowSubject, "given" | "leftOutMessages">;

/**
 * What stands in the column `about`: values in the order of `subjectColumns`, accounts, reserved
 * tokens and the version of the price, which intents of versions before 0.2 have none of; the
 * messages that were left out, where some were, or the call fell to an arm; that arm.
 */
type IntentAbout = readonly [
  subject: readonly (string | null)[],
  accounts: readonly (readonly [account: string, windowStartMs: number])[],
  tokens?: readonly [input: number, output: number],
  priceVersion?: string | null,
  leftOutMessages?: number,
  arm?: readonly [split: string, arm: string, phase: number],
];

/** The column `about` of an intent. */
export function storedIntent({
  reserved,
  priceVersion,
  subject,
  accounts,
  arm,
}: IntentRow): string {
  const about: IntentAbout = [
    subjectParams(subject),
    accounts.map(({ account, windowStartMs }) => [account, windowStartMs]),
    [reserved.inputTokens, reserved.outputTokens],
    priceVersion,
    ...leftOutOf(subject, arm ?? null),
  ];
  return JSON.stringify(about);
}

/** Most intents say nothing of it. */
function leftOutOf(
  { leftOutMessages }: RowSubject,
  arm: ArmRef | null,
): [] | [number] | [number, [string, string, number]] {
  if (arm !== null) return [leftOutMessages, [arm.split, arm.arm, arm.phase]];
  return leftOutMessages === 0 ? [] : [leftOutMessages];
}

/** In the order of `subjectColumns`; spelled out, since it is made three times a call. */
const subjectParams = (subject: RowSubject): (string | null)[] => [
  subject.tenant,
  subject.team,
  subject.key,
  subject.user,
  subject.session,
  subject.agent,
  subject.surface,
  subject.alias,
  subject.model,
  subject.provider,
  subject.region,
  subject.choice,
];

/** The intent of a row of the table `intents`. */
export function intentOf(row: Row): IntentRow {
  // Written by this file alone, in this shape.
  const about = JSON.parse(String(row["about"])) as IntentAbout;
  const [subject, accounts, tokens, priceVersion = null, leftOutMessages = 0, arm] = about;
  const [inputTokens, outputTokens] = tokens ?? [0, 0];
  return {
    id: String(row["id"]),
    timeMs: Number(row["time_ms"]),
    reserved: { nanoUsd: Number(row["reserved_nano_usd"]), inputTokens, outputTokens },
    priceVersion,
    subject: { ...toSubject(subject), leftOutMessages },
    accounts: accounts.map(([account, windowStartMs]) => ({ account, windowStartMs })),
    ...(arm === undefined ? {} : { arm: { split: arm[0], arm: arm[1], phase: arm[2] } }),
  };
}

function toSubject(values: readonly (string | null)[]): StoredSubject {
  const fields = subjectColumns.map((column, index) => [column, values[index] ?? null]);
  // The columns name every field of it.
  return Object.fromEntries(fields) as StoredSubject;
}
