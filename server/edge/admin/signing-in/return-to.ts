/** Where a sign-in ends when nothing else was asked for. */
export const home = "/console/";

/** Below the console, with query and fragment; no back slash, which browsers take for a slash. */
const ownPath = /^\/console\/[\w\-./~%]*(?:\?[\w\-./~%=&+]*)?(?:#[\w\-./~%=&+?]*)?$/;

/** A segment `.` or `..`, which browsers resolve, however it is written. */
const dots = /\/(?:\.|%2e){1,2}(?:[/?#]|$)/i;

const maxChars = 512;

/** A page of ours to go to, whatever was asked for: never another site. */
export function safeReturnTo(asked: string | null): string {
  if (asked === null || asked.length > maxChars) return home;
  const [path = ""] = asked.split(/[?#]/, 1);
  return ownPath.test(asked) && !dots.test(path) ? asked : home;
}
