/** One numbered step. Forward only; numbers are unique in a database file and never reused. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /**
   * Behind `sql`, in the same transaction: `sql` again and again while `whileSql` finds a row. A
   * statement keeps the values that its functions make until it ends: millions need many ends.
   */
  readonly repeated?: { readonly whileSql: string; readonly sql: string };
}
