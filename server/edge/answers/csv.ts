export type CsvValue = string | number | null;

/** What makes a spreadsheet take a cell for a formula, full-width signs included. */
const formulaStart = /^[\t\r\n =+\-@\uff1d\uff0b\uff0d\uff20]/;

const needsQuotes = /[",\r\n]/;

/** One line of RFC 4180 with its CRLF. A text that would be a formula gets an apostrophe. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(",")}\r\n`;

function cell(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = formulaStart.test(value) ? `'${value}` : value;
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
