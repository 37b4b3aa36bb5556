/** By what a roll-up is named, grouped and kept; in the order of the key. */
export const rollupSubject = "tenant, team, key, agent, alias, model, provider, region, outcome";

export const rollupHistograms = ["latency_us", "first_token_us"];

/** The table of roll-ups of each span of time, and that time of an addition. */
const spans = {
  minute: ["rollups", "NEW.minute"],
  hour: ["hour_rollups", "CAST(NEW.minute AS INTEGER) / 60"],
  day: ["day_rollups", "CAST(NEW.minute AS INTEGER) / 1440"],
} as const;

type Span = keyof typeof spans;

/** The trigger that adds what is inserted into `rollup_additions` to the roll-ups of its time. */
export const addToRollups = (
  sums: readonly string[],
  into: readonly Span[] = ["minute", "hour", "day"],
): string => `CREATE TRIGGER add_to_rollups INSTEAD OF INSERT ON rollup_additions BEGIN
      ${into.map((span) => addNewTo(span, sums)).join("\n      ")}
    END`;

function addNewTo(span: Span, sums: readonly string[]): string {
  const [table, time] = spans[span];
  const values = [...rollupSubject.split(", "), ...sums, ...rollupHistograms];
  const updates = [
    ...sums.map((name) => `${name} = ${name} + excluded.${name}`),
    ...rollupHistograms.map((name) => `${name} = histogram_merge(${name}, excluded.${name})`),
  ];
  return `
  INSERT INTO ${table} (${[span, ...values].join(", ")})
  VALUES (${[time, ...values.map((name) => `NEW.${name}`)].join(", ")})
  ON CONFLICT DO UPDATE SET ${updates.join(", ")};`;
}
