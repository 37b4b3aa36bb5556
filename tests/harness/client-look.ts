/** What a test sees of the page's answer. */
export interface ClientLook {
  readonly text: string;
  readonly state: string;
  readonly response: string | null;
  readonly error: string | null;
  /** Of the connection, one behind the other. */
  readonly states: readonly string[];
}
