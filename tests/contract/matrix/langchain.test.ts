import { langchainOpenai } from "../clients/langchain-openai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([langchainOpenai]);
