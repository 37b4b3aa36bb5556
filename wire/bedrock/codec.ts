import { encodeAnswer as encodeMessage } from "../anthropic/encode-answer.ts";
import type { AnswerContext, ClientCodec, ProviderCodec } from "../canonical/codec.ts";
import type { NativeWords } from "../canonical/native-words.ts";
import type { PathFacts } from "../canonical/path-facts.ts";
import { AwsEventStreamScanner } from "../framing/aws-event-stream-scanner.ts";
import { readConverseRequest, type ConverseRequest } from "./converse-request.ts";
import { readCredential } from "./credential.ts";
import { cutStream } from "./cut-stream.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { ConverseStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { ConverseStreamEncoder } from "./encode-stream.ts";
import { encodeError } from "./errors.ts";
import { cutInvokeStream } from "./invoke/cut-invoke-stream.ts";
import { InvokeStreamEncoder } from "./invoke/encode-invoke-stream.ts";
import { metricHeaders } from "./invoke/invocation-metrics.ts";
import { decodeInvokeAnswer, observeInvokeAnswer } from "./invoke/invoke-answer.ts";
import { readInvokeRequest, type Invocation } from "./invoke/invoke-request.ts";
import { InvokeStreamDecoder, InvokeStreamObserver } from "./invoke/invoke-stream.ts";
import { encodeNovaAnswer, novaStreamEncoder } from "./invoke/nova-answer.ts";
import { encodeTitanAnswer, TitanStreamEncoder } from "./invoke/titan-answer.ts";
import { writeInvokeRequest } from "./invoke/write-invoke.ts";
import { ConverseStreamObserver } from "./observe-stream.ts";
import { readFault } from "./provider-fault.ts";
import { writeConverseRequest } from "./write-request.ts";

const eventStream = "application/vnd.amazon.eventstream";

/** Clients of `POST /model/{id}/converse` and `/converse-stream`. */
export const converseClient: ClientCodec<ConverseRequest, PathFacts> = {
  readCredential,
  readRequest: readConverseRequest,
  encodeAnswer,
  streamEncoder: (context) => new ConverseStreamEncoder(context),
  encodeError,
};

type AnswerEncoders = Pick<ClientCodec<Invocation>, "encodeAnswer" | "streamEncoder">;

const nativeAnswers: Readonly<Record<NativeWords, AnswerEncoders>> = {
  claude: {
    encodeAnswer: encodeMessage,
    streamEncoder: (context) => new InvokeStreamEncoder(context),
  },
  nova: { encodeAnswer: encodeNovaAnswer, streamEncoder: novaStreamEncoder },
  "titan-text": {
    encodeAnswer: encodeTitanAnswer,
    streamEncoder: (context) => new TitanStreamEncoder(context),
  },
};

/** An answer to words that nobody here knows passes: of it, only errors are written. */
const answersIn = ({ nativeWords }: AnswerContext): AnswerEncoders =>
  nativeAnswers[nativeWords ?? "claude"];

/** Clients of `POST /model/{id}/invoke` and `/invoke-with-response-stream`. */
export const invokeClient: ClientCodec<Invocation, PathFacts> = {
  readCredential,
  readRequest: readInvokeRequest,
  encodeAnswer: (events, context) => answersIn(context).encodeAnswer(events, context),
  streamEncoder: (context) => answersIn(context).streamEncoder(context),
  encodeError,
};

/** Bedrock, asked by Converse. Model and streaming stand in the path. */
export const converseProvider: ProviderCodec = {
  writeRequest: writeConverseRequest,
  streamContentType: eventStream,
  streamEnd: "",
  cutStream,
  framer: () => new AwsEventStreamScanner(),
  streamDecoder: (sink) => new ConverseStreamDecoder(sink),
  streamObserver: (_, proven) => new ConverseStreamObserver(proven),
  decodeAnswer,
  observeAnswer,
  readFault,
};

/** Bedrock, asked in the words of the model's maker. */
export const invokeProvider: ProviderCodec = {
  writeRequest: writeInvokeRequest,
  streamContentType: eventStream,
  streamEnd: null,
  cutStream: cutInvokeStream,
  framer: () => new AwsEventStreamScanner(),
  streamDecoder: (sink) => new InvokeStreamDecoder(sink),
  streamObserver: (_, proven) => new InvokeStreamObserver(proven),
  decodeAnswer: decodeInvokeAnswer,
  observeAnswer: observeInvokeAnswer,
  passedHeaders: metricHeaders,
  readFault,
};
