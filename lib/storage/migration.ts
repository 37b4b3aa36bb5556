/** One numbered step. Forward only; numbers are unique in a database file and never reused. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
