/** A sentence for people: the drill could not be run, and nothing was shown. */
export class DrillFailure extends Error {}
