import { converseTarget } from "../../contract/targets/bedrock.ts";
import { faultsOf } from "./fault-conformance.ts";

faultsOf(converseTarget);
