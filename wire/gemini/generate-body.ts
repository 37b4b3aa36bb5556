/**
 * The body of a request for content as far as it is read here, once `checkGenerateBody` has
 * accepted it. Null and absent mean the same. What is not named stays in the body as it came.
 */
export interface GenerateBody {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content | null;
  readonly tools?: readonly ToolEntry[] | null;
  readonly toolConfig?: ToolConfig | null;
  readonly generationConfig?: GenerationConfig | null;
  readonly cachedContent?: string | null;
}

export interface Content {
  readonly role?: "user" | "model" | "function" | null;
  readonly parts?: readonly ContentPart[] | null;
}

/** A union: of its members but `thought` and `thoughtSignature` one is there. */
export interface ContentPart {
  readonly text?: string | null;
  readonly inlineData?: Blob | null;
  readonly fileData?: FileData | null;
  readonly functionCall?: FunctionCall | null;
  readonly functionResponse?: FunctionResponse | null;
  /** The text is what the model thought. */
  readonly thought?: boolean | null;
  readonly thoughtSignature?: string | null;
}

export interface Blob {
  readonly mimeType: string;
  /** Base64. */
  readonly data: string;
}

export interface FileData {
  readonly mimeType?: string | null;
  readonly fileUri: string;
}

export interface FunctionCall {
  readonly id?: string | null;
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>> | null;
}

export interface FunctionResponse {
  readonly id?: string | null;
  readonly name: string;
  readonly response?: Readonly<Record<string, unknown>> | null;
  readonly parts?: readonly ContentPart[] | null;
}

/** Functions of the client's, or a tool that Google runs. */
export interface ToolEntry {
  readonly functionDeclarations?: readonly FunctionDeclaration[] | null;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly description?: string | null;
  /** A schema in the words of OpenAPI. */
  readonly parameters?: unknown;
  readonly parametersJsonSchema?: unknown;
}

export interface ToolConfig {
  readonly functionCallingConfig?: FunctionCallingConfig | null;
}

export interface FunctionCallingConfig {
  readonly mode?: string | null;
  readonly allowedFunctionNames?: readonly string[] | null;
}

export interface GenerationConfig {
  readonly temperature?: number | null;
  readonly topP?: number | null;
  readonly topK?: number | null;
  readonly maxOutputTokens?: number | null;
  readonly candidateCount?: number | null;
  readonly seed?: number | null;
  readonly presencePenalty?: number | null;
  readonly frequencyPenalty?: number | null;
  readonly stopSequences?: readonly string[] | null;
  readonly responseMimeType?: string | null;
  readonly responseSchema?: unknown;
  readonly responseJsonSchema?: unknown;
}
