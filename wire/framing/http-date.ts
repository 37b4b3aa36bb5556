const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// RFC 9110, 5.6.7: the form to send, and two that recipients must still read.
const forms = [
  /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<clock>\d{2}:\d{2}:\d{2}) GMT$/,
  /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<clock>\d{2}:\d{2}:\d{2}) GMT$/,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<clock>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/** Days from 1970-01-01 to a date of the Gregorian calendar; months count from 0. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // Years that begin in March put the leap day at their end.
  const shifted = month < 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/**
 * Epoch milliseconds of an HTTP date, or null when the text is none. Pure, unlike `Date.parse`,
 * which also takes what no HTTP date is. Two-digit years are of this century.
 */
export function parseHttpDate(text: string): number | null {
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const month = months.indexOf(groups["month"] ?? "");
    const day = Number(groups["day"]);
    const [hours = 0, minutes = 0, seconds = 0] = (groups["clock"] ?? "").split(":").map(Number);
    if (month === -1 || day < 1 || day > 31) return null;
    if (hours > 23 || minutes > 59 || seconds > 60) return null;
    const year = Number(groups["year"]);
    const days = daysSinceEpoch(year < 100 ? 2000 + year : year, month, day);
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  }
  return null;
}
