import { answerCells } from "./answers.ts";
import type { ContractCell } from "./contract-cell.ts";
import { endingCells } from "./endings.ts";
import { errorCells } from "./errors.ts";
import { mediaCells } from "./media.ts";
import { midStreamCells } from "./mid-stream.ts";
import { toolCells } from "./tools.ts";
import { transportCells } from "./transport.ts";

/** The rows of the matrix. */
export const allCells: readonly ContractCell[] = [
  ...answerCells,
  ...toolCells,
  ...mediaCells,
  ...endingCells,
  ...transportCells,
  ...midStreamCells,
  ...errorCells,
];
