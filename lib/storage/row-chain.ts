/**
 * How the rows of a table are chained: those that one transaction adds get one hash, which the
 * newest of them keeps, over the hash that the newest row had before and all of them
 * (`rows-hash.ts`). The others keep what they were inserted with: no bytes.
 */
export interface RowChain {
  /** So many of the first parameters of a row are hashed. */
  readonly values: number;
  /** What stands behind VALUES in the statement that adds a row, at its end: one may add many. */
  readonly rowSql: string;
  /** Gives the column `hash` of the newest row. */
  readonly headSql: string;
  /** Gives the newest row its hash, which is the only parameter. */
  readonly sealSql: string;
}
