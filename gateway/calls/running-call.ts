import type { Besides } from "./call-books.ts";
import type { Call } from "../call.ts";
import type { Response } from "../responses/response.ts";

/** An admitted call, and the response that it has or will have. */
export interface RunningCall {
  readonly call: Call;
  readonly response: Response;
}

/** Of a call that is the only one of its name. */
export interface Once {
  readonly besides: Besides;
  /** Told of its response before that says anything. */
  readonly record: (response: Response) => void;
}
