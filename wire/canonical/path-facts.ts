/** What some dialects say in a request's path, not in its body. */
export interface PathFacts {
  readonly model: string;
  readonly stream: boolean;
}
