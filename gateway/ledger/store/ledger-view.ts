/** In the order in which the two parts of `calls.about` hold them. */
export const callColumns = [
  "tenant",
  "team",
  "key",
  "user",
  "session",
  "agent",
  "surface",
  "alias",
];
export const sharedColumns = callColumns.filter((name) => name !== "user" && name !== "session");
export const chosenColumns = [...sharedColumns, "choice"];
export const shortenedColumns = [...chosenColumns, "left_out_messages"];
/** Of a call that was given the answer of another one: how, and what that has saved. */
export const givenColumns = ["cached", "saved_nano_usd", "saved_input", "saved_output"];
export const attemptColumns = [
  "attempt",
  "model",
  "provider",
  "region",
  "input",
  "output",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "reasoning",
  "usage_source",
  "cost_nano_usd",
  "latency_ms",
  "first_token_ms",
  "outcome",
  "cause",
  "price_version",
];
/** Behind those that rows of before have; `delivered` is what is left of the output. */
export const wasteColumns = [
  `row.value ->> ${attemptColumns.length} AS wasted`,
  `row.value ->> ${attemptColumns.indexOf("output")}
    - row.value ->> ${attemptColumns.length} AS delivered`,
];

/** The list of one row, of which the others hold three values where they are brief. */
const brief = ["attempt", "latency_ms", "first_token_ms"];
export const wholeRows = `calls, json_each(about, '$[1]') AS stored,
        json_each('[' || CASE json_array_length(stored.value) WHEN ${brief.length}
          THEN json_set(about -> '$[1][#-1]', ${brief
            .map((name, index) => `'$[${attemptColumns.indexOf(name)}]', stored.value -> ${index}`)
            .join(", ")})
          ELSE stored.value END || ']') AS row`;

interface RowsOfView {
  /** What each row has behind `attemptColumns`. */
  readonly ofRow: readonly string[];
  /** Where `row.value` is the list of one row. */
  readonly rows: string;
}

export const storedRows: RowsOfView = { ofRow: [], rows: "calls, json_each(about, '$[1]') AS row" };

/** The rows of calls, whose shared part holds these columns in this order, then a list of more. */
export const ledgerViewOf = (
  shared: readonly string[],
  behind: readonly string[] = [],
  { ofRow, rows }: RowsOfView = storedRows,
): string => {
  const columns = [
    ...shared.map((name, index) => `about ->> '$[0][${index}]' AS ${name}`),
    ...behind.map((name, index) => `about ->> '$[0][${shared.length}][${index}]' AS ${name}`),
  ];
  const own = attemptColumns.map((name, index) => `row.value ->> ${index} AS ${name}`);
  return `DROP VIEW ledger;
    CREATE VIEW ledger AS
      SELECT calls.id, calls.time_ms, calls.user, calls.session,
        ${columns.join(", ")},
        ${[...own, ...ofRow].join(", ")}
      FROM ${rows}`;
};
