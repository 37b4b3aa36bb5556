/** Where a sign-in ends when nothing else was asked for. */
export const home = "/console/";

/** Below the console, with query and fragment; no back slash, which browsers take for a slash. */
const ownPath = /^\/console\/[\w\-./~%]*(?:\?[\w\-./~%=&+]*)?(?:#[\w\-./~%=&+?]*)?$/;

const maxChars = 512;

/** A page of ours to go to, whatever was asked for: never another site. */
export const safeReturnTo = (asked: string | null): string =>
  asked !== null && asked.length <= maxChars && ownPath.test(asked) ? asked : home;
