import { displayWidth } from "./display-width.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

const gap = "  ";
/** What could move the cursor, recolour the screen or reorder a line. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that is safe on a terminal: control characters become U+FFFD. */
export const printable = (text: string): string => text.replace(unprintable, "\ufffd");

const pad = (cell: string, width: number, align: Column["align"]): string => {
  const fill = " ".repeat(Math.max(0, width - displayWidth(cell)));
  return align === "left" ? cell + fill : fill + cell;
};

/** Aligned lines under a title line, each with a line feed. Empty cells read "-". */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map((row) => columns.map((_, n) => printable(row[n] ?? "") || "-"));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[column] ?? "")), 0),
  );
  return lines
    .map((line) =>
      columns
        .map(({ align }, column) => pad(line[column] ?? "", widths[column] ?? 0, align))
        .join(gap)
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
